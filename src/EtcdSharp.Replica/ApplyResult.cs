using EtcdSharp.Api.Errors;
using EtcdSharp.Mvcc;
using EtcdSharp.Replica.Answers;

namespace EtcdSharp.Replica;

/// <summary>What became of a request: an error, or the revision it left and its response.</summary>
internal readonly struct ApplyResult
{
    private ApplyResult(EtcdError? error, long revision, object? response, bool isApplied)
    {
        IsApplied = isApplied;
        Error = error;
        Revision = revision;
        Response = response;
    }

    /// <summary>Null when the request was applied and there is an answer to it.</summary>
    public EtcdError? Error { get; }

    /// <summary>The request was carried out, whatever the caller hears of it.</summary>
    public bool IsApplied { get; }

    /// <summary>The store's revision after the request; for the response header.</summary>
    public long Revision { get; }

    /// <summary>
    /// The rest of the response: null when there is none, a <see cref="ResponseBody"/> or, when it is large, an
    /// <see cref="ISlicedAnswer"/> for the requests of the KV service, a generated message for the others.
    /// </summary>
    public object? Response { get; }

    public ResponseBody? Body => Response as ResponseBody;

    /// <summary>Gives back what the response holds: nobody takes it.</summary>
    public void Drop()
    {
        Body?.Dispose();
        (Response as ISlicedAnswer)?.Dispose();
    }

    public static ApplyResult Failed(EtcdError error, object? response = null) => new(error, 0, response, isApplied: false);

    /// <summary>The request was carried out, but there is no answer to it.</summary>
    public static ApplyResult Unanswered(long revision, EtcdError error) => new(error, revision, null, isApplied: true);

    public static ApplyResult Done(long revision, object? response = null) => new(null, revision, response, isApplied: true);
}
