using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace EtcdSharp.Grpc.Server;

/// <summary>Measures the headers of one request after the other. They are copied, because Kestrel allocates an enumerator for each.</summary>
internal sealed class MetadataMeter
{
    /// <summary>What each entry counts beside its name and value (RFC 9113, 6.5.2).</summary>
    private const int EntryOverheadBytes = 32;

    /// <summary>Ordinary calls have some ten headers.</summary>
    private const int KeptEntries = 32;

    private readonly KeyValuePair<string, StringValues>[] kept = new KeyValuePair<string, StringValues>[KeptEntries];

    public bool Exceeds(IHeaderDictionary headers, int bytesMax)
    {
        int count = headers.Count;
        if (count > bytesMax / EntryOverheadBytes)
        {
            return true;
        }

        KeyValuePair<string, StringValues>[] entries =
            count <= KeptEntries ? kept : new KeyValuePair<string, StringValues>[count];
        headers.CopyTo(entries, 0);
        long bytes = 0;
        foreach ((string name, StringValues values) in entries.AsSpan(0, count))
        {
            for (int i = 0; i < values.Count; i++)
            {
                bytes += name.Length + (values[i]?.Length ?? 0) + EntryOverheadBytes;
            }
        }

        // They are not to live longer than their call.
        entries.AsSpan(0, count).Clear();
        return bytes > bytesMax;
    }
}
