using EtcdSharp.Storage.Backend;

namespace EtcdSharp.Mvcc.Index;

/// <summary>
/// One key and its versions, oldest first. One writer appends; readers see a prefix. A life of the key (a generation)
/// ends with a tombstone and the next begins with the version after it, so that the versions alone tell both.
/// </summary>
/// <remarks>
/// Memory for a key of 24 bytes with one version: record 40, key 48, versions 88, place in tree and table about 30: 206 bytes.
/// </remarks>
internal sealed class KeyRecord(byte[] key, uint hash)
{
    private const int Count = 0;
    private const int First = 1;

    public readonly byte[] Key = key;
    public readonly uint Hash = hash;

    /// <summary>Whether the newest version hangs on a lease. The writer's alone.</summary>
    public bool HasLease;

    private KeyVersion[] _versions = new KeyVersion[First + 1];

    /// <summary>The version that is current at a revision; false when the key did not exist then.</summary>
    public bool TryGetAt(long revision, out KeyVersion version)
    {
        var versions = Volatile.Read(ref _versions);
        var last = (int)Volatile.Read(ref versions[Count].Mod);
        if (last > 0 && versions[last].Mod > revision)
        {
            last = LastUpTo(versions, last, revision);
        }

        if (last == 0)
        {
            version = default;
            return false;
        }

        version = versions[last];
        return !version.IsTombstone;
    }

    /// <summary>The newest version, tombstone or not. For the writer; a record always has one.</summary>
    public ref readonly KeyVersion Newest => ref _versions[(int)_versions[Count].Mod];

    public long OldestMod => Volatile.Read(ref _versions)[First].Mod;

    public int VersionCount => (int)Volatile.Read(ref Volatile.Read(ref _versions)[Count].Mod);

    public KeyVersion VersionAt(int i) => _versions[First + i];

    public bool Holds(Revision revision)
    {
        var versions = Volatile.Read(ref _versions);
        var i = LastUpTo(versions, (int)Volatile.Read(ref versions[Count].Mod), revision.Main);
        while (i > 0 && versions[i].Mod == revision.Main)
        {
            if (versions[i].Sub == revision.Sub)
            {
                return true;
            }

            i--;
        }

        return false;
    }

    /// <summary>Adds a version. The count goes last, so that a reader never counts one that is not written yet.</summary>
    public void Append(in KeyVersion version)
    {
        var versions = _versions;
        var last = (int)versions[Count].Mod;
        if (last > 0 && versions[last].Revision >= version.Revision)
        {
            throw new InvalidOperationException($"version {version.Revision} of a key follows {versions[last].Revision}");
        }

        if (last + 1 == versions.Length)
        {
            var larger = new KeyVersion[versions.Length * 2];
            versions.CopyTo(larger, 0);
            larger[last + 1] = version;
            larger[Count].Mod = last + 1;
            Volatile.Write(ref _versions, larger);
            return;
        }

        versions[last + 1] = version;
        Volatile.Write(ref versions[Count].Mod, last + 1);
    }

    /// <summary>
    /// Drops what no read at <paramref name="revision"/> or later can see: everything before the version that is
    /// current then, and that one too when it is a tombstone of an earlier revision. Returns false when nothing is left.
    /// </summary>
    public bool Compact(long revision)
    {
        var versions = _versions;
        var count = (int)versions[Count].Mod;
        var keepFrom = LastUpTo(versions, count, revision);
        if (keepFrom == 0)
        {
            return true;
        }

        if (versions[keepFrom].IsTombstone && versions[keepFrom].Mod < revision)
        {
            keepFrom++;
        }

        if (keepFrom > count)
        {
            return false;
        }

        if (keepFrom == First)
        {
            return true;
        }

        var left = count - keepFrom + 1;
        var kept = new KeyVersion[First + left];
        Array.Copy(versions, keepFrom, kept, First, left);
        kept[Count].Mod = left;
        Volatile.Write(ref _versions, kept);
        return true;
    }

    /// <summary>The place of the newest version that is not newer than a revision; 0 when there is none.</summary>
    private static int LastUpTo(KeyVersion[] versions, int last, long revision)
    {
        var low = 0;
        var high = last;
        while (low < high)
        {
            var middle = (low + high + 1) >>> 1;
            if (versions[middle].Mod <= revision)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return low;
    }
}
