using System.Collections.Frozen;
using System.Reflection;
using EtcdSharp.Api.Errors;

namespace EtcdSharp.Client;

/// <summary>Finds the entry of the error table by the message on the wire, as every etcd client does.</summary>
internal static class EtcdErrors
{
    private static readonly FrozenDictionary<string, EtcdError> s_byMessage = typeof(EtcdError)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(static field => field.GetValue(null))
        .OfType<EtcdError>()
        .ToFrozenDictionary(static error => error.Message, StringComparer.Ordinal);

    public static EtcdError? Find(string message) => s_byMessage.GetValueOrDefault(message);

    /// <summary>The reason that ends a watch may be the text of a whole gRPC error: "rpc error: code = … desc = …".</summary>
    public static EtcdError? FindReason(string reason)
    {
        const string mark = " desc = ";
        var at = reason.IndexOf(mark, StringComparison.Ordinal);
        return Find(at < 0 ? reason : reason[(at + mark.Length)..]);
    }
}
