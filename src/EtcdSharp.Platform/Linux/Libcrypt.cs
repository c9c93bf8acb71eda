using System.Runtime.InteropServices;

namespace EtcdSharp.Platform.Linux;

/// <summary>
/// The system's library of password hashes. It is looked up by hand rather than by a fixed name: distributions ship the
/// same library under two version numbers, and one that is missing is worth a sentence that names the package.
/// </summary>
internal static unsafe class Libcrypt
{
    /// <summary>Without the NUL; an output of bcrypt has 60 bytes.</summary>
    public const int OutputBytesMax = 383;

    /// <summary>The size of <c>struct crypt_data</c>, which the library guarantees not to change.</summary>
    private const int WorkspaceBytes = 32768;

    private const string EntryPoint = "crypt_rn";

    private static readonly Lazy<nint> s_compute = new(() => Load(["libcrypt.so.1", "libcrypt.so.2"]));

    /// <summary>
    /// Hashes a phrase as a setting asks. Both end with a NUL. The number of bytes written to <paramref name="output"/>,
    /// or -1 for a setting or a phrase that the library refuses. Any thread.
    /// </summary>
    /// <exception cref="PlatformNotSupportedException">The library is not installed.</exception>
    public static int Compute(ReadOnlySpan<byte> phrase, ReadOnlySpan<byte> setting, Span<byte> output)
    {
        if (phrase.IndexOf((byte)0) != phrase.Length - 1 || setting.IndexOf((byte)0) != setting.Length - 1)
        {
            throw new ArgumentException("A text for the library must end with its only NUL.", nameof(phrase));
        }

        var compute = (delegate* unmanaged<byte*, byte*, void*, int, byte*>)s_compute.Value;

        // The library wants its workspace zeroed, and it must not move; it erases what it computed there itself.
        var workspace = NativeMemory.AllocZeroed(WorkspaceBytes);
        try
        {
            // Safe: both texts were seen to end with a NUL, and the workspace has the size that is passed on.
            fixed (byte* phraseStart = phrase)
            fixed (byte* settingStart = setting)
            {
                var result = compute(phraseStart, settingStart, workspace, WorkspaceBytes);
                if (result is null)
                {
                    return -1;
                }

                var text = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(result);
                return text.TryCopyTo(output) ? text.Length : -1;
            }
        }
        finally
        {
            NativeMemory.Clear(workspace, WorkspaceBytes);
            NativeMemory.Free(workspace);
        }
    }

    /// <summary>The function's address from the first of the libraries that is there.</summary>
    internal static nint Load(ReadOnlySpan<string> libraries)
    {
        foreach (var library in libraries)
        {
            if (NativeLibrary.TryLoad(library, out var handle) && NativeLibrary.TryGetExport(handle, EntryPoint, out var address))
            {
                return address;
            }
        }

        throw new PlatformNotSupportedException(
            $"passwords cannot be hashed: {string.Join(" or ", libraries)} with the function {EntryPoint} is not installed; "
                + "install libxcrypt (Debian and Ubuntu: apt-get install libcrypt1)"
        );
    }
}
