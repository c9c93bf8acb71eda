using EtcdSharp.Replica.Requests;
using Google.Protobuf;

namespace EtcdSharp.Simulation.Clients;

/// <summary>Requests as the log holds them.</summary>
internal static class Requests
{
    public static byte[] Encode(RequestKind kind, IMessage body, ulong id)
    {
        var encoded = body.ToByteArray();
        var data = new byte[RequestEncoding.SizeOf(kind, encoded.Length, id, caller: null)];
        RequestEncoding.Encode(data, kind, encoded, id, caller: null);
        return data;
    }
}
