namespace EtcdSharp.CommandLine;

/// <summary>What etcd's command-line programs end with.</summary>
public static class ExitCode
{
    public const int Success = 0;

    public const int Error = 1;

    public const int BadConnection = 2;

    /// <summary>What was read from standard input makes no sense.</summary>
    public const int InvalidInput = 3;

    /// <summary>An option exists, and has no such value.</summary>
    public const int BadFeature = 4;

    public const int Interrupted = 5;

    public const int Io = 6;

    public const int BadArguments = 128;

    /// <summary>
    /// Nobody reads the output any more. What a shell shows of etcd's programs, which the signal of a broken pipe ends:
    /// 128 and the signal's number, 13.
    /// </summary>
    public const int ReaderGone = 141;
}
