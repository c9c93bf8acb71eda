using EtcdSharp.Client;
using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Text;

namespace EtcdSharp.Programs.Etcdctl.Commands.Keys;

/// <summary>A condition of a transaction: a line such as <c>mod("key") &gt; "0"</c>.</summary>
internal static class TxnComparison
{
    private const int Decimal = 10;
    private const int Hexadecimal = 16;

    public static Condition Parse(string line)
    {
        var open = line.IndexOf('(', StringComparison.Ordinal);
        if (open < 0)
        {
            throw Malformed($"malformed comparison: {line}");
        }

        var target = line[..open];
        var (key, relation, value, complete) = ReadParts(line[(open + 1)..]);
        if (!complete)
        {
            throw Malformed($"malformed comparison: {line}; got {target}({GoQuote.Of(key)}) {relation} {GoQuote.Of(value)}");
        }

        KeyRange range = RangeArguments.Bytes(key);
        return target switch
        {
            "ver" or "version" => Compare(Condition.Version(range), relation, Number(value, Decimal, line), line),
            "c" or "create" => Compare(Condition.CreateRevision(range), relation, Number(value, Decimal, line), line),
            "m" or "mod" => Compare(Condition.ModRevision(range), relation, Number(value, Decimal, line), line),
            "val" or "value" => Compare(Condition.Value(range), relation, RangeArguments.Bytes(value), line),
            "lease" => Compare(Condition.Lease(range), relation, Number(value, Hexadecimal, line), line),
            _ => throw Malformed($"malformed comparison: {line} (unknown target {target})"),
        };
    }

    private static (string Key, string Relation, string Value, bool Complete) ReadParts(string text)
    {
        text = text.TrimStart();
        if (!GoQuote.TryRead(text, out var key, out var length))
        {
            return ("", "", "", false);
        }

        text = text[length..];
        if (!text.StartsWith(") ", StringComparison.Ordinal) && !text.StartsWith(")\t", StringComparison.Ordinal))
        {
            return (key, "", "", false);
        }

        text = text[1..].TrimStart();
        var end = text.AsSpan().IndexOfAny(' ', '\t');
        var relation = end < 0 ? text : text[..end];
        text = end < 0 ? "" : text[end..].TrimStart();
        return GoQuote.TryRead(text, out var value, out _) ? (key, relation, value, true) : (key, relation, "", false);
    }

    private static Condition Compare<T>(ConditionOn<T> left, string relation, T right, string line) =>
        relation switch
        {
            "=" => left.Is(right),
            "!=" => left.IsNot(right),
            ">" => left.IsGreaterThan(right),
            "<" => left.IsLessThan(right),
            _ => throw Malformed($"malformed comparison: {line} (unknown operator {relation}: =, !=, < and > are known)"),
        };

    private static long Number(string text, int numberBase, string line) =>
        GoInteger.ParseSigned(text, numberBase, out var number) is null
            ? number
            : throw Malformed($"invalid txn compare request: {line}");

    private static CommandFailure Malformed(string message) => new(ExitCode.InvalidInput, message);
}
