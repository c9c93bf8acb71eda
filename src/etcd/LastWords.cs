using System.Text;
using EtcdSharp.Platform;
using EtcdSharp.Platform.Linux;

namespace EtcdSharp.Programs.Etcd;

/// <summary>Lines of the program itself on standard error. They hold up no end: a reader that stands still goes without.</summary>
internal static class LastWords
{
    /// <summary>What a pipe takes without waiting once it is writable: PIPE_BUF of Linux.</summary>
    private const int BytesMax = 4096;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    public static void Say(string line)
    {
        if (StandardStreams.Error is DescriptorStream error && !error.IsWritableWithin(s_patience))
        {
            return;
        }

        var bytes = Encoding.UTF8.GetBytes(line + "\n").AsSpan();
        try
        {
            StandardStreams.Error.Write(bytes[..Math.Min(bytes.Length, BytesMax)]);
        }
        catch (IOException)
        {
            // Full or gone: there is nobody else to tell.
            return;
        }
    }
}
