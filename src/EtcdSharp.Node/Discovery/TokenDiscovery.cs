using System.Globalization;
using EtcdSharp.Api;
using EtcdSharp.Grpc;
using EtcdSharp.Grpc.Client;
using EtcdSharp.Grpc.Contract;
using EtcdSharp.Node.Bootstrap;
using EtcdSharp.Replica.Membership;
using Google.Protobuf;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Node.Discovery;

/// <summary>
/// The first members of a cluster from another cluster (--discovery-token): each registers itself there under the token, and
/// the first to come, as many as the size that was put there beforehand, are the members.
/// </summary>
/// <remarks>Keys: /_etcd/registry/TOKEN/_config/size and /_etcd/registry/TOKEN/members/ID; values: name=url,name=url2.</remarks>
internal sealed class TokenDiscovery(DiscoveryService service, ILogger logger)
{
    private const string Registry = "/_etcd/registry/";

    /// <summary>Retries double their distance up to this; etcd's figures.</summary>
    private const int DoublingsMax = 8;

    private static readonly TimeSpan s_firstBackoff = TimeSpan.FromSeconds(2);

    /// <summary>How often it is looked whether the others have come.</summary>
    private static readonly TimeSpan s_lookInterval = TimeSpan.FromMilliseconds(500);

    private string MembersPrefix => $"{Registry}{service.Token}/members/";

    /// <summary>Registers this member and waits until all have come; as long as it takes.</summary>
    /// <exception cref="BootstrapException">There is no such token, or the cluster is full without this member.</exception>
    public async Task<IReadOnlyList<(string Name, string PeerUrl)>> JoinAsync(
        ulong memberId,
        string name,
        IReadOnlyList<string> peerUrls,
        CancellationToken cancellation
    )
    {
        var key = MembersPrefix + MemberIds.ToText(memberId);
        var value = string.Join(',', peerUrls.Select(url => $"{name}={url}"));
        var (size, members) = await LookAsync(key, cancellation).ConfigureAwait(false);
        await PersistAsync(
                channel => channel.UnaryAsync(KvMethods.Put, new PutRequest { Key = Bytes(key), Value = Bytes(value) }),
                cancellation
            )
            .ConfigureAwait(false);
        DiscoveryLog.Registered(logger, key, value);
        while (true)
        {
            (size, members) = await LookAsync(key, cancellation).ConfigureAwait(false);
            if (members.Count >= size)
            {
                break;
            }

            DiscoveryLog.Waiting(logger, size, members.Count);
            await Task.Delay(s_lookInterval, cancellation).ConfigureAwait(false);
        }

        var cluster = string.Join(',', members.Take(size).Select(member => member.Value));
        DiscoveryLog.Joined(logger, cluster);
        return
        [
            .. cluster
                .Split(',', StringSplitOptions.RemoveEmptyEntries)
                .Select(pair =>
                    pair.Split('=', 2) is [var one, var url] ? (one, url) : throw Failed("discovery: invalid peer URL")
                ),
        ];
    }

    /// <summary>The size and who has registered, in the order in which they came.</summary>
    private async Task<(int Size, List<(string Key, string Value)> Members)> LookAsync(
        string self,
        CancellationToken cancellation
    )
    {
        var sizeKey = $"{Registry}{service.Token}/_config/size";
        var stored = await PersistAsync(
                channel => channel.UnaryAsync(KvMethods.Range, new RangeRequest { Key = Bytes(sizeKey) }),
                cancellation
            )
            .ConfigureAwait(false);
        if (stored.Kvs.Count == 0)
        {
            throw Failed("discovery: size key not found");
        }

        if (!int.TryParse(stored.Kvs[0].Value.ToStringUtf8(), CultureInfo.InvariantCulture, out var size) || size <= 0)
        {
            throw Failed("discovery: size key is bad");
        }

        // The character behind the slash ends the range of all keys with this prefix.
        var end = MembersPrefix[..^1] + (char)('/' + 1);
        var request = new RangeRequest { Key = Bytes(MembersPrefix), RangeEnd = Bytes(end) };
        var found = await PersistAsync(channel => channel.UnaryAsync(KvMethods.Range, request), cancellation)
            .ConfigureAwait(false);
        var members = found
            .Kvs.OrderBy(pair => pair.CreateRevision)
            .Select(pair => (Key: pair.Key.ToStringUtf8().Trim(), Value: pair.Value.ToStringUtf8().Trim()))
            .Where(pair => pair.Value.Contains('=', StringComparison.Ordinal))
            .ToList();
        return members.Count < size || members.Take(size).Any(member => member.Key == self)
            ? (size, members)
            : throw Failed("discovery: cluster is full");
    }

    /// <summary>Asks one endpoint after the other until one answers.</summary>
    private async Task<T> PersistAsync<T>(Func<GrpcChannel, ValueTask<T>> ask, CancellationToken cancellation)
    {
        for (var retries = 1; ; retries++)
        {
            var problem = "";
            foreach (var endpoint in service.Endpoints)
            {
                try
                {
                    using var channel = new GrpcChannel(
                        DiscoveryService.UrlOf(endpoint),
                        new GrpcChannelOptions { ConnectTimeout = service.DialTimeout }
                    );
                    return await ask(channel).AsTask().WaitAsync(service.RequestTimeout, cancellation).ConfigureAwait(false);
                }
                catch (Exception e) when (e is GrpcStatusException or TimeoutException or IOException or HttpRequestException)
                {
                    problem = $"{endpoint}: {e.Message}";
                }
            }

            var backoff = s_firstBackoff * (1 << (Math.Min(retries, DoublingsMax) - 1));
            DiscoveryLog.Retrying(logger, problem, backoff);
            await Task.Delay(backoff, cancellation).ConfigureAwait(false);
        }
    }

    private static BootstrapException Failed(string reason) => new($"failed to join discovery cluster ({reason})");

    private static ByteString Bytes(string text) => ByteString.CopyFromUtf8(text);
}
