using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace EtcdSharp.Harness;

/// <summary>Messages and bytes for fuzz tests: well-formed ones with odd contents, and damaged ones.</summary>
public static class RandomMessage
{
    private const int DepthMax = 4;
    private const int DamagesMax = 3;

    public static T Of<T>(Random random)
        where T : IMessage, new()
    {
        var message = new T();
        Fill(message, random, 0);
        return message;
    }

    public static IMessage Of(MessageDescriptor type, Random random)
    {
        var message = type.Parser.ParseFrom(ByteString.Empty);
        Fill(message, random, 0);
        return message;
    }

    /// <summary>The bytes with one to three places changed, cut, doubled or inserted.</summary>
    public static byte[] Damage(byte[] bytes, Random random)
    {
        List<byte> damaged = [.. bytes];
        for (var times = random.Next(DamagesMax) + 1; times > 0; times--)
        {
            var at = random.Next(damaged.Count + 1);
            switch (random.Next(5))
            {
                case 0 when at < damaged.Count:
                    damaged[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1 when at < damaged.Count:
                    damaged[at] = (byte)random.Next(256);
                    break;
                case 2:
                    damaged.RemoveRange(at, random.Next(damaged.Count - at + 1));
                    break;
                case 3:
                    damaged.InsertRange(at, damaged.GetRange(0, random.Next(damaged.Count + 1)));
                    break;
                default:
                    damaged.InsertRange(at, Bytes(random, random.Next(12)));
                    break;
            }
        }
        return [.. damaged];
    }

    private static void Fill(IMessage message, Random random, int depth)
    {
        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            if (random.Next(3) == 0 || field.IsMap || (depth == DepthMax && field.FieldType == FieldType.Message))
            {
                continue;
            }
            if (!field.IsRepeated)
            {
                field.Accessor.SetValue(message, Value(field, random, depth));
                continue;
            }
            var list = (IList)field.Accessor.GetValue(message);
            for (var count = random.Next(4); count > 0; count--)
            {
                list.Add(Value(field, random, depth));
            }
        }
    }

    private static object Value(FieldDescriptor field, Random random, int depth)
    {
        switch (field.FieldType)
        {
            case FieldType.Bytes:
                return Key(random);
            case FieldType.String:
                return Key(random).ToBase64();
            case FieldType.Bool:
                return random.Next(2) == 0;
            case FieldType.Enum:
                return Enum.ToObject(field.EnumType.ClrType, random.Next(8) == 0 ? (int)Number(random) : random.Next(6));
            case FieldType.Message:
                var message = field.MessageType.Parser.ParseFrom(ByteString.Empty);
                Fill(message, random, depth + 1);
                return message;
            case FieldType.Int64:
                return Number(random);
            case FieldType.UInt64:
                return (ulong)Number(random);
            case FieldType.Int32:
                return (int)Number(random);
            case FieldType.UInt32:
                return (uint)Number(random);
            default:
                throw new NotSupportedException($"no random value for {field.FieldType} {field.FullName}");
        }
    }

    /// <summary>Few keys, so that requests meet; now and then an odd one.</summary>
    private static ByteString Key(Random random) =>
        random.Next(8) switch
        {
            0 => ByteString.Empty,
            1 => ByteString.CopyFrom(0),
            2 => ByteString.CopyFrom(Bytes(random, random.Next(40))),
            _ => ByteString.CopyFrom((byte)'k', (byte)('0' + random.Next(8))),
        };

    private static long Number(Random random) =>
        random.Next(10) switch
        {
            0 => long.MinValue,
            1 => long.MaxValue,
            2 => -1,
            3 => random.NextInt64(long.MinValue, long.MaxValue),
            _ => random.Next(12),
        };

    private static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
