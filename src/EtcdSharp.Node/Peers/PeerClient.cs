using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using EtcdSharp.Node.Bootstrap;
using EtcdSharp.Replica.Membership;

namespace EtcdSharp.Node.Peers;

/// <summary>Single questions to other members.</summary>
internal static class PeerClient
{
    private static readonly TimeSpan AnswerWait = TimeSpan.FromSeconds(5);

    private static readonly MediaTypeHeaderValue s_protobuf = new("application/protobuf");

    /// <summary>A client for the way to other members: no proxy, no redirects, no connection that is waited for too long.</summary>
    public static HttpClient Create(TimeSpan connectTimeout) =>
        new(
            new SocketsHttpHandler
            {
                UseProxy = false,
                AllowAutoRedirect = false,
                UseCookies = false,
                ConnectTimeout = connectTimeout,
                ConnectCallback = PeerUri.ConnectAsync,
                ActivityHeadersPropagator = null,
                PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            }
        )
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };

    /// <summary>The cluster that the first of the URLs to answer belongs to; null when none answers.</summary>
    public static async Task<ExistingCluster?> FindClusterAsync(
        HttpClient client,
        IEnumerable<string> peerUrls,
        CancellationToken cancellation
    )
    {
        foreach (var url in peerUrls)
        {
            if (await AskAsync(client, url, PeerProtocol.MembersPath, cancellation).ConfigureAwait(false) is not { } answer)
            {
                continue;
            }

            if (!PeerProtocol.TryParseId(answer.ClusterId, out var clusterId))
            {
                continue;
            }

            // Whoever listens there and does not name members is none; the next may be.
            if (DecodeMembers(answer.Body) is { Count: > 0 } members)
            {
                return new ExistingCluster(clusterId, members);
            }
        }

        return null;
    }

    /// <summary>Members as other members list them, by id; null when the text is no such list.</summary>
    public static IReadOnlyList<MemberInfo>? DecodeMembers(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return [.. document.RootElement.EnumerateArray().Select(DecodeMember).OrderBy(member => member.Id)];
        }
        catch (Exception e) when (e is JsonException or InvalidDataException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The release that a member runs; null when it cannot be asked.</summary>
    public static async Task<EtcdVersion?> VersionAsync(HttpClient client, MemberInfo member, CancellationToken cancellation)
    {
        foreach (var url in member.PeerUrls)
        {
            if (await AskAsync(client, url, PeerProtocol.VersionPath, cancellation).ConfigureAwait(false) is { } answer)
            {
                try
                {
                    using var document = JsonDocument.Parse(answer.Body);
                    return EtcdVersion.TryParse(document.RootElement.GetProperty("etcdserver").GetString(), out var version)
                        ? version
                        : null;
                }
                catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
                {
                    return null;
                }
            }
        }

        return null;
    }

    /// <summary>Posts a message to the first of a member's URLs that answers; null when none does.</summary>
    public static async Task<(HttpStatusCode Status, byte[] Body)?> PostAsync(
        HttpClient client,
        MemberInfo member,
        string path,
        byte[] body,
        CancellationToken cancellation
    )
    {
        foreach (var url in member.PeerUrls)
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            deadline.CancelAfter(AnswerWait);
            try
            {
                using var content = new ByteArrayContent(body);
                content.Headers.ContentType = s_protobuf;
                using var response = await client
                    .PostAsync(PeerUri.Create(url, path), content, deadline.Token)
                    .ConfigureAwait(false);
                return (response.StatusCode, await response.Content.ReadAsByteArrayAsync(deadline.Token).ConfigureAwait(false));
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
            {
                cancellation.ThrowIfCancellationRequested();
            }
        }

        return null;
    }

    private static async Task<(string? ClusterId, byte[] Body)?> AskAsync(
        HttpClient client,
        string url,
        string path,
        CancellationToken cancellation
    )
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(AnswerWait);
        try
        {
            using var response = await client.GetAsync(PeerUri.Create(url, path), deadline.Token).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                return null;
            }

            var clusterId = response.Headers.TryGetValues(PeerProtocol.ClusterIdHeader, out var values) ? values.First() : null;
            return (clusterId, await response.Content.ReadAsByteArrayAsync(deadline.Token).ConfigureAwait(false));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            return null;
        }
    }

    private static MemberInfo DecodeMember(JsonElement element) =>
        MemberJson.Decode(System.Text.Encoding.UTF8.GetBytes(element.GetRawText())).Member;
}
