using System.Text;

namespace EtcdSharp.Programs.Etcdctl.Connection;

/// <summary>Reads standard input by the line, and not a byte further: what follows belongs to somebody else.</summary>
internal static class InputText
{
    /// <summary>A line without its end; null behind the last.</summary>
    public static string? ReadLine(Stream input)
    {
        var bytes = new List<byte>();
        int one;
        while ((one = input.ReadByte()) >= 0 && one != '\n')
        {
            bytes.Add((byte)one);
        }

        return one < 0 && bytes.Count == 0 ? null : Encoding.UTF8.GetString([.. bytes]).TrimEnd('\r');
    }
}
