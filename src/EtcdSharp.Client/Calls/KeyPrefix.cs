using EtcdSharp.Api;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Pb = EtcdSharp.Api.Mvccpb;

namespace EtcdSharp.Client;

/// <summary>A namespace: put before every key on the way to the server and taken off on the way back.</summary>
internal sealed class KeyPrefix(EtcdBytes prefix)
{
    public static KeyPrefix None { get; } = new(EtcdBytes.Empty);

    public bool IsEmpty => prefix.IsEmpty;

    public KeyPrefix Inside(EtcdBytes inner) => inner.IsEmpty ? this : new KeyPrefix(prefix + inner);

    public ByteString Key(EtcdBytes key) => IsEmpty ? key.ToByteString() : (prefix + key).ToByteString();

    /// <summary>An end that means "no end" becomes the end of the namespace.</summary>
    public ByteString End(EtcdBytes end)
    {
        if (IsEmpty || end.IsEmpty)
        {
            return end.ToByteString();
        }

        return end.Length == 1 && end.Span[0] == 0 ? KeyRange.EndOfPrefix(prefix).ToByteString() : Key(end);
    }

    public ByteString Strip(ByteString key) =>
        !IsEmpty && key.Span.StartsWith(prefix.Span) ? UnsafeByteOperations.UnsafeWrap(key.Memory[prefix.Length..]) : key;

    public void Strip(RepeatedField<Pb.KeyValue> keyValues)
    {
        if (IsEmpty)
        {
            return;
        }

        foreach (var keyValue in keyValues)
        {
            keyValue.Key = Strip(keyValue.Key);
        }
    }

    public void Strip(Pb.KeyValue? keyValue)
    {
        if (keyValue is not null && !IsEmpty)
        {
            keyValue.Key = Strip(keyValue.Key);
        }
    }

    public void Strip(TxnResponse response)
    {
        if (IsEmpty)
        {
            return;
        }

        foreach (var one in response.Responses)
        {
            switch (one.ResponseCase)
            {
                case ResponseOp.ResponseOneofCase.ResponseRange:
                    Strip(one.ResponseRange.Kvs);
                    break;
                case ResponseOp.ResponseOneofCase.ResponsePut:
                    Strip(one.ResponsePut.PrevKv);
                    break;
                case ResponseOp.ResponseOneofCase.ResponseDeleteRange:
                    Strip(one.ResponseDeleteRange.PrevKvs);
                    break;
                case ResponseOp.ResponseOneofCase.ResponseTxn:
                    Strip(one.ResponseTxn);
                    break;
            }
        }
    }
}
