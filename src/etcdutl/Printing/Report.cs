using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Text;

namespace EtcdSharp.Programs.Etcdutl.Printing;

/// <summary>Prints the few facts that a command found out in the format that was asked for.</summary>
internal static class Report
{
    private static readonly JsonWriterOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Print(Output output, ReportFormat format, params IReadOnlyList<ReportColumn> columns)
    {
        switch (format)
        {
            case ReportFormat.Simple:
                output.WriteLine(string.Join(", ", columns.Select(column => column.Text)));
                break;
            case ReportFormat.Fields:
                foreach (var column in columns)
                {
                    output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\"{column.Field}\" : {column.Value}"));
                }

                break;
            case ReportFormat.Json:
                output.WriteLine(Json(columns));
                break;
            case ReportFormat.Table:
                var table = new TextTable([.. columns.Select(column => column.Heading)]);
                output.Write(table.Add([.. columns.Select(column => column.Text)]).ToString());
                break;
            default:
                throw new CommandFailure(ExitCode.BadFeature, "protobuf not supported as output format");
        }
    }

    private static ReadOnlySpan<byte> Json(IReadOnlyList<ReportColumn> columns)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, s_json))
        {
            json.WriteStartObject();
            foreach (var column in columns)
            {
                if (column.Value is string text)
                {
                    json.WriteString(column.JsonName, text);
                }
                else
                {
                    json.WriteNumber(column.JsonName, Convert.ToInt64(column.Value, CultureInfo.InvariantCulture));
                }
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan;
    }
}
