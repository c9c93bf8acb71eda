namespace EtcdSharp.Programs.Etcdutl.Printing;

/// <summary>The values of <c>--write-out</c>.</summary>
internal enum ReportFormat
{
    Simple,
    Fields,
    Json,
    Table,

    /// <summary>Known, and given by no command: their answers are no protocol messages.</summary>
    Protobuf,
}
