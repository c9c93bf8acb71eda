using System.Runtime.InteropServices;

namespace EtcdSharp.Platform.Linux;

/// <summary>The error numbers that are told apart, and the exception that each becomes.</summary>
internal static class ErrorNumber
{
    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int NoReader = 6;
    public const int BadDescriptor = 9;
    public const int TryAgain = 11;
    public const int AccessDenied = 13;
    public const int FileExists = 17;
    public const int InvalidArgument = 22;
    public const int NoSpace = 28;
    public const int BrokenPipe = 32;
    public const int NotSupported = 95;
    public const int QuotaExceeded = 122;

    /// <summary>The failure of an operation on a path, as the most telling <see cref="IOException"/>; its HResult is the error number.</summary>
    public static IOException ToException(int error, string operation, string path)
    {
        string message = $"{operation} of '{path}' failed: {Marshal.GetPInvokeErrorMessage(error)} (errno {error})";
        return error switch
        {
            NoSpace or QuotaExceeded => new DiskFullException(message) { HResult = error },
            NoEntry => new FileNotFoundException(message, path) { HResult = error },
            _ => new IOException(message, error),
        };
    }

    public static IOException LastException(string operation, string path) =>
        ToException(Marshal.GetLastPInvokeError(), operation, path);
}
