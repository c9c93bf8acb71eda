namespace EtcdSharp.Programs.Etcdutl.Printing;

/// <summary>One fact of a report, in its several dresses.</summary>
/// <param name="Heading">In a table.</param>
/// <param name="Text">In a table and in the line of the simple format.</param>
/// <param name="Field">The name among fields.</param>
/// <param name="JsonName">The name in JSON.</param>
/// <param name="Value">A number or a text, as fields and JSON print it.</param>
internal sealed record ReportColumn(string Heading, string Text, string Field, string JsonName, object Value);
