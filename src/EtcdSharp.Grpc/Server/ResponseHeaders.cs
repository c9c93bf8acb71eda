using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace EtcdSharp.Grpc.Server;

/// <summary>Header values that every response shares, so that none is made per call.</summary>
internal static class ResponseHeaders
{
    private static readonly StringValues[] Codes =
    [
        .. Enumerable.Range(0, 17).Select(code => new StringValues(code.ToString(CultureInfo.InvariantCulture))),
    ];

    public static StringValues ContentType { get; } = new("application/grpc");

    public static StringValues Gzip { get; } = new(Wire.GzipFrames.EncodingName);

    /// <summary>A code outside the protocol's range goes out as Unknown's number would never be asked for: it is a broken invariant.</summary>
    public static StringValues Code(StatusCode code) => Codes[(int)code];
}
