namespace EtcdSharp.Conformance;

/// <summary>Keys below a random prefix, so that cases do not see each other on a shared server.</summary>
public sealed class Keyspace
{
    private readonly string _prefix = $"{Guid.NewGuid():N}/";

    /// <summary>The first key of all.</summary>
    public ByteString Start => Utf8(_prefix);

    /// <summary>The range end that takes in all keys of this space and no others.</summary>
    public ByteString End => Utf8(_prefix[..^1] + (char)(_prefix[^1] + 1));

    public ByteString this[string name] => Utf8(_prefix + name);

    /// <summary>The part of a key after the prefix.</summary>
    public string NameOf(ByteString key)
    {
        var text = key.ToStringUtf8();
        Assert.StartsWith(_prefix, text, StringComparison.Ordinal);
        return text[_prefix.Length..];
    }

    public string NamesOf(IEnumerable<KeyValue> kvs) => string.Join(' ', kvs.Select(kv => NameOf(kv.Key)));
}
