using System.Runtime.InteropServices;

namespace EtcdSharp.Platform.Linux;

/// <summary>
/// What a parent does about a signal its children inherit: a shell starts its background jobs with the interrupt ignored.
/// .NET leaves an ignored signal alone and never tells a registration of it; Go's programs, etcd among them, listen.
/// </summary>
internal static partial class InheritedSignals
{
    private const int Interrupt = 2;
    private const int Terminate = 15;
    private const nint Default = 0;

    /// <summary>
    /// The signals that ask a program to end do so again. The first thing in a program: the console and every
    /// registration make .NET look at what is ignored, and it looks once.
    /// </summary>
    public static void HeedStop()
    {
        _ = Set(Interrupt, Default);
        _ = Set(Terminate, Default);
    }

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint Set(int signal, nint handler);
}
