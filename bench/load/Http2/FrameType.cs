namespace EtcdSharp.Bench.Http2;

/// <summary>The frame types of HTTP/2 (RFC 9113, section 6), by their numbers on the wire.</summary>
internal enum FrameType : byte
{
    Data = 0,
    Headers = 1,
    Priority = 2,
    Reset = 3,
    Settings = 4,
    PushPromise = 5,
    Ping = 6,
    GoAway = 7,
    WindowUpdate = 8,
    Continuation = 9,
}
