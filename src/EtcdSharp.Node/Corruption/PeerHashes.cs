using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using EtcdSharp.Api.Errors;
using EtcdSharp.Mvcc;
using EtcdSharp.Node.Peers;
using EtcdSharp.Replica.Membership;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Node.Corruption;

/// <summary>Asks the other members for the hashes of their keys, over etcd's peer protocol.</summary>
internal sealed class PeerHashes(HttpClient client, ClusterState cluster, TimeSpan requestTimeout, ILogger logger)
{
    private static readonly MediaTypeHeaderValue s_json = new("application/json");

    private readonly string _clusterText = MemberIds.ToText(cluster.ClusterId);

    /// <summary>All members at once, each at the first of its URLs that answers; in the order of their ids.</summary>
    public async Task<IReadOnlyList<PeerHash>> AskAsync(long revision, CancellationToken cancellation)
    {
        var others = cluster.View.Members.Where(member => member.Id != cluster.LocalId && member.PeerUrls.Count != 0);
        return await Task.WhenAll(others.Select(member => AskAsync(member, revision, cancellation))).ConfigureAwait(false);
    }

    private async Task<PeerHash> AskAsync(MemberInfo member, long revision, CancellationToken cancellation)
    {
        var unanswered = new PeerHash { MemberId = member.Id, Endpoints = member.PeerUrls };
        foreach (var url in member.PeerUrls)
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            deadline.CancelAfter(requestTimeout);
            string problem;
            try
            {
                var (status, body) = await RequestAsync(url, revision, deadline.Token).ConfigureAwait(false);
                if (Read(unanswered, status, body) is { Hash: not null } answer)
                {
                    return answer;
                }

                unanswered = unanswered with { Refusal = Refusal(status, body) };
                problem = unanswered.Refusal?.Message ?? "unknown error: " + body;
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
            {
                cancellation.ThrowIfCancellationRequested();
                problem = e.Message;
            }

            CorruptionLog.RequestFailed(logger, MemberIds.ToText(cluster.LocalId), revision, url, problem);
        }

        return unanswered;
    }

    private async Task<(HttpStatusCode Status, string Body)> RequestAsync(string url, long revision, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, PeerUri.Create(url, PeerProtocol.HashKvPath));
        request.Headers.Add(PeerProtocol.ClusterIdHeader, _clusterText);
        request.Content = new ByteArrayContent(
            Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"revision\":{revision}}}"))
        );
        request.Content.Headers.ContentType = s_json;
        using var response = await client.SendAsync(request, stop).ConfigureAwait(false);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(stop).ConfigureAwait(false));
    }

    private static EtcdError? Refusal(HttpStatusCode status, string body) =>
        status switch
        {
            HttpStatusCode.BadRequest when body.Contains("has been compacted", StringComparison.Ordinal) => EtcdError.Compacted,
            HttpStatusCode.BadRequest when body.Contains("is a future revision", StringComparison.Ordinal) => EtcdError.FutureRev,
            HttpStatusCode.PreconditionFailed when body.Contains(PeerProtocol.ClusterIdMismatch, StringComparison.Ordinal) =>
                EtcdError.ClusterIDMismatch,
            _ => null,
        };

    /// <summary>What is zero is left out of the answers of Go programs.</summary>
    private static PeerHash? Read(PeerHash asked, HttpStatusCode status, string body)
    {
        if (status != HttpStatusCode.OK)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(body);
            var answer = document.RootElement;
            var header = answer.TryGetProperty("header", out var found) ? found : default;
            return asked with
            {
                Revision = header.ValueKind == JsonValueKind.Object ? Number(header, "revision") : 0,
                Hash = new KvHash(
                    (uint)Number(answer, "hash"),
                    Number(answer, "compact_revision"),
                    Number(answer, "hash_revision")
                ),
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static long Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var number) ? number.GetInt64() : 0;
}
