namespace EtcdSharp.Edge.Listening;

internal enum EdgeProtocol
{
    Http1,
    Http2,
}
