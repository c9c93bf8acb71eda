using EtcdSharp.Platform.Linux;

namespace EtcdSharp.Platform;

/// <summary>
/// Standard input, output and error as the process was given them. One that was closed before the program began reads as
/// empty and takes what is written without keeping it, as it does in etcd's programs.
/// </summary>
internal static class StandardStreams
{
    private const int Count = 3;
    private const string Nowhere = "/dev/null";

    private static readonly Stream[] s_streams = Claim();

    public static Stream Input => s_streams[0];

    public static Stream Output => s_streams[1];

    public static Stream Error => s_streams[2];

    /// <summary>
    /// The first thing in a program: sees to it that no file it opens takes the number of a standard stream, where a
    /// message of the runtime or of a child would be written into it.
    /// </summary>
    public static void Hold() => _ = s_streams.Length;

    private static Stream[] Claim()
    {
        if (!OperatingSystem.IsLinux())
        {
            return [Console.OpenStandardInput(), Console.OpenStandardOutput(), Console.OpenStandardError()];
        }

        string[] names = ["standard input", "standard output", "standard error"];
        var streams = new Stream[Count];
        for (var descriptor = 0; descriptor < Count; descriptor++)
        {
            streams[descriptor] = IsOurs(descriptor)
                ? new DescriptorStream(descriptor, names[descriptor], owned: false)
                : Stream.Null;
        }

        return streams;
    }

    /// <summary>
    /// What a program is handed down is open without close-on-exec, or it would be closed; the runtime opens its own
    /// descriptors with it, and takes the smallest number that is free.
    /// </summary>
    private static bool IsOurs(int descriptor)
    {
        var flags = Libc.Control(descriptor, Libc.ControlGetFlags, 0);
        if (flags < 0)
        {
            // Free still: the smallest number that is free is this one, and stays taken for good.
            return Libc.Open(Nowhere, Libc.OpenReadWrite, 0) == descriptor;
        }

        return (flags & Libc.FlagCloseOnExec) == 0;
    }
}
