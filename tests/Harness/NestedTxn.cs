using EtcdSharp.Api;
using Google.Protobuf;

namespace EtcdSharp.Harness;

/// <summary>Transactions in transactions, as bytes: the library that writes messages would need the stack that they are meant to try.</summary>
public static class NestedTxn
{
    private const int SuccessField = 2;
    private const int TxnField = 4;
    private const int LengthDelimited = 2;

    private static readonly TxnRequest s_put = new()
    {
        Success = { new RequestOp { RequestPut = new PutRequest { Key = ByteString.CopyFromUtf8("nested") } } },
    };

    /// <summary>A TxnRequest with so many others in each other below it; the innermost puts the key "nested".</summary>
    public static byte[] Of(int depth) => Of(depth, s_put);

    /// <summary>The same with an innermost one of the caller's.</summary>
    public static byte[] Of(int depth, TxnRequest innermost)
    {
        // Written from its end to its beginning, so that each length is known when it is written.
        var reversed = new List<byte>(innermost.ToByteArray().Reverse());
        for (var level = 0; level < depth; level++)
        {
            Frame(reversed, TxnField);
            Frame(reversed, SuccessField);
        }

        reversed.Reverse();
        return [.. reversed];
    }

    private static void Frame(List<byte> reversed, int field)
    {
        Span<byte> varint = stackalloc byte[5];
        var length = 0;
        for (var rest = reversed.Count; ; rest >>= 7)
        {
            varint[length++] = (byte)(rest < 128 ? rest : (rest & 127) | 128);
            if (rest < 128)
            {
                break;
            }
        }

        for (var i = length - 1; i >= 0; i--)
        {
            reversed.Add(varint[i]);
        }

        reversed.Add((byte)((field << 3) | LengthDelimited));
    }
}
