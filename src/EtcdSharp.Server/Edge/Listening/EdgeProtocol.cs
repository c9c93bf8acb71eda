namespace EtcdSharp.Server.Edge.Listening;

internal enum EdgeProtocol
{
    Http1,
    Http2,
}
