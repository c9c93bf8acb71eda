using System.Globalization;
using System.Security.Cryptography;
using EtcdSharp.CommandLine;
using EtcdSharp.Platform;

namespace EtcdSharp.Programs.Etcdctl.Commands.Snapshots;

/// <summary>The file that a snapshot is received into. It takes its name when it is whole; else it goes again.</summary>
internal sealed class SnapshotPart : IDisposable
{
    private const int HashBytes = SHA256.HashSizeInBytes;

    /// <summary>Pages are multiples of the smallest sector, so a length that is 32 more than one tells of a hash.</summary>
    private const int SmallestSectorBytes = 512;

    private readonly string target;
    private readonly FileStream file;
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    // The last bytes received, which may be the hash and so are not hashed before more come.
    private readonly List<byte> tail = [];

    private SnapshotPart(string target, string path, FileStream file)
    {
        this.target = target;
        Path = path;
        this.file = file;
    }

    public string Path { get; }

    public long Length { get; private set; }

    /// <exception cref="CommandFailure">It cannot be made there.</exception>
    public static SnapshotPart Create(string name)
    {
        RefuseSpecial(name, FileKinds.Of(name));
        var whole = BehindLinks(name);
        var path = whole + ".part";
        RefuseSpecial(path, FileKinds.OfName(path));
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            return new SnapshotPart(whole, path, new FileStream(path, options));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            var reason = failure switch
            {
                DirectoryNotFoundException or FileNotFoundException => "no such file or directory",
                UnauthorizedAccessException when Directory.Exists(path) => "is a directory",
                UnauthorizedAccessException => "permission denied",
                _ => failure.Message,
            };
            throw new CommandFailure(ExitCode.Interrupted, $"could not open {path} (open {path}: {reason})", failure);
        }
    }

    /// <summary>What a link stands for is written, and the link stays.</summary>
    private static string BehindLinks(string name)
    {
        if (FileKinds.OfName(name) != FileKind.Link)
        {
            return name;
        }

        try
        {
            return File.ResolveLinkTarget(name, returnFinalTarget: true)?.FullName ?? name;
        }
        catch (IOException failure)
        {
            throw new CommandFailure(ExitCode.Interrupted, $"could not open {name} ({failure.Message})", failure);
        }
    }

    /// <summary>A device or a pipe would be replaced by the file that takes its name, for everybody on the machine.</summary>
    private static void RefuseSpecial(string path, FileKind kind)
    {
        if (kind is FileKind.Special or FileKind.Link)
        {
            throw new CommandFailure(
                ExitCode.Interrupted,
                $"could not open {path} (it is no regular file: a snapshot is received beside its name and renamed when it is whole)"
            );
        }
    }

    public void Append(ReadOnlySpan<byte> piece)
    {
        file.Write(piece);
        Length += piece.Length;
        tail.AddRange(piece);
        if (tail.Count > HashBytes)
        {
            var settled = tail.Count - HashBytes;
            hash.AppendData(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(tail)[..settled]);
            tail.RemoveRange(0, settled);
        }
    }

    /// <exception cref="CommandFailure">There is no hash at its end, or one of something else.</exception>
    public void CheckHash()
    {
        if (Length % SmallestSectorBytes != HashBytes)
        {
            throw Damaged(string.Create(CultureInfo.InvariantCulture, $"sha256 checksum not found [bytes: {Length}]"));
        }

        if (!hash.GetHashAndReset().AsSpan().SequenceEqual([.. tail]))
        {
            throw Damaged("sha256 checksum does not fit what was received: save it again");
        }
    }

    public void Complete()
    {
        file.Flush(flushToDisk: true);
        file.Dispose();
        try
        {
            File.Move(Path, target, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            var reason = Directory.Exists(target) ? "file exists" : failure.Message;
            throw new CommandFailure(
                ExitCode.Interrupted,
                $"could not rename {Path} to {target} (rename {Path} {target}: {reason})",
                failure
            );
        }
    }

    public void Dispose()
    {
        file.Dispose();
        hash.Dispose();
        File.Delete(Path);
    }

    private static CommandFailure Damaged(string problem) => new(ExitCode.Interrupted, problem);
}
