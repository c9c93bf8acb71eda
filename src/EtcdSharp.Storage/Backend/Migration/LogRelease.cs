using System.Text;
using EtcdSharp.Platform.Wire;
using EtcdSharp.Raft;

namespace EtcdSharp.Storage.Backend.Migration;

/// <summary>
/// Which releases understand the entries of a log. All requests that a log can hold have been there since 3.5, but
/// for one: the request that etcd's own tests use to stand for what a release adds. It names a version.
/// </summary>
internal static class LogRelease
{
    private const int DowngradeVersionTestField = 9900;
    private const int VersionField = 1;

    /// <summary>The oldest release that understands all entries, when it is newer than 3.5; else null.</summary>
    /// <exception cref="InvalidDataException">An entry holds no request.</exception>
    public static StorageVersion? OldestReader(IEnumerable<Entry> entries)
    {
        StorageVersion? oldest = null;
        foreach (var entry in entries)
        {
            // Changes of the membership have been what they are since 3.4.
            if (entry.Type == EntryType.Normal && Needs(entry) is { } needed && !(needed < oldest))
            {
                oldest = needed;
            }
        }

        return oldest;
    }

    private static StorageVersion? Needs(Entry entry)
    {
        StorageVersion? needed = null;
        var reader = new ProtoReader(entry.Data.Span);
        while (reader.NextField())
        {
            if (reader.Field != DowngradeVersionTestField)
            {
                reader.Skip();
                continue;
            }

            var named = ReadVersion(entry, reader.ReadBytes());
            needed = named < StorageVersion.V3_6 ? StorageVersion.V3_6 : named;
        }

        return reader.Failed
            ? throw new InvalidDataException($"entry {entry.Index} of the log (term {entry.Term}) holds no request")
            : needed;
    }

    private static StorageVersion ReadVersion(Entry entry, ReadOnlySpan<byte> request)
    {
        var text = "";
        var reader = new ProtoReader(request);
        while (reader.NextField())
        {
            if (reader.Field == VersionField)
            {
                text = Encoding.UTF8.GetString(reader.ReadBytes());
            }
            else
            {
                reader.Skip();
            }
        }

        return !reader.Failed && StorageVersion.TryParse(text, out var version)
            ? version
            : throw new InvalidDataException($"entry {entry.Index} of the log names the version '{text}', which is none");
    }
}
