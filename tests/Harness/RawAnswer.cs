namespace EtcdSharp.Harness;

/// <summary>What came back for bytes sent as they are: HTTP status, gRPC status (null where there is none) and body.</summary>
public sealed record RawAnswer(int HttpStatus, GrpcCode? Code, string Detail, string? ContentType, byte[] Body);
