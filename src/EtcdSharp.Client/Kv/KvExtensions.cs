using System.Runtime.CompilerServices;

namespace EtcdSharp.Client;

/// <summary>What can be said shorter with the calls of <see cref="IKvClient"/>.</summary>
public static class KvExtensions
{
    /// <summary>How many keys <see cref="PageAsync"/> asks for at once, where nothing else is said.</summary>
    public const int DefaultPageSize = 1000;

    /// <summary>The value of one key; null where the key is not there.</summary>
    public static async Task<EtcdBytes?> GetValueAsync(
        this IKvClient kv,
        EtcdBytes key,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(kv);
        return (await kv.GetAsync(key, null, cancellationToken)).First?.Value;
    }

    /// <summary>How many keys there are.</summary>
    public static async Task<long> CountAsync(this IKvClient kv, KeyRange range, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(kv);
        return (await kv.GetAsync(range, new GetOptions { CountOnly = true }, cancellationToken)).Count;
    }

    /// <summary>
    /// All keys of a range in their order, fetched page by page, all as of one revision: that of the first page, or the
    /// one in <paramref name="options"/>. Fails with <c>Compacted</c> where that revision is compacted away meanwhile.
    /// </summary>
    /// <param name="kv">Where to read.</param>
    /// <param name="range">Which keys.</param>
    /// <param name="pageSize">How many keys per call.</param>
    /// <param name="options">How to read; without an order or a limit.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    public static async IAsyncEnumerable<KeyValue> PageAsync(
        this IKvClient kv,
        KeyRange range,
        int pageSize = DefaultPageSize,
        GetOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(kv);
        ArgumentOutOfRangeException.ThrowIfLessThan(pageSize, 1);
        if (options is { SortBy: not null } or { Descending: true } or { Limit: not 0 } or { CountOnly: true })
        {
            throw new ArgumentException("pages come in the order of keys and without a limit", nameof(options));
        }

        var page = (options ?? new GetOptions()) with { Limit = pageSize };
        while (true)
        {
            var result = await kv.GetAsync(range, page, cancellationToken);
            foreach (var keyValue in result.KeyValues)
            {
                yield return keyValue;
            }

            if (!result.More || result.KeyValues.Count == 0)
            {
                yield break;
            }

            page = page with { Revision = page.Revision == 0 ? result.Header.Revision : page.Revision };
            range = range.After(result.KeyValues[^1].Key);
        }
    }
}
