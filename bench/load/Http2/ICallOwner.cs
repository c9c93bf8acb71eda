namespace EtcdSharp.Bench.Http2;

/// <summary>Hears what becomes of calls, on the thread of the loop.</summary>
internal interface ICallOwner
{
    /// <summary>A message of a streaming call; the bytes are valid during the call alone.</summary>
    void OnMessage(Connection connection, CallStream call, ReadOnlySpan<byte> message);

    /// <summary>The call is over; <see cref="CallStream.Status"/> says how.</summary>
    void OnEnd(Connection connection, CallStream call);
}
