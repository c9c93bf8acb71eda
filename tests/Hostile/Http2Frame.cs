namespace EtcdSharp.Hostile;

/// <summary>The types of frames (RFC 9113, 6) that an attack or a steady client speaks of.</summary>
internal enum Http2Frame : byte
{
    Data = 0,
    Headers = 1,
    RstStream = 3,
    Settings = 4,
    Ping = 6,
    GoAway = 7,
    WindowUpdate = 8,
    Continuation = 9,
}
