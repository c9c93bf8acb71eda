using System.Diagnostics;
using EtcdSharp.Platform;
using EtcdSharp.Storage.Backend;
using EtcdSharp.Storage.Bolt;

namespace EtcdSharp.Offline;

/// <summary>Opens the store file of a member that should be stopped; waits a while for one that is still stopping.</summary>
internal static class StoreFile
{
    /// <summary>How often a lock is tried again: what bbolt does.</summary>
    private static readonly TimeSpan s_lockRetry = TimeSpan.FromMilliseconds(50);

    /// <summary>Opens a file that is not changed; null and what is wrong.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="path">The file: a store, or a snapshot of one.</param>
    /// <param name="lockTimeout">How long to wait for who holds it; zero waits for ever.</param>
    /// <param name="problem">What is wrong, in one line.</param>
    public static BoltFile? TryOpenReadOnly(IDisk disk, string path, TimeSpan lockTimeout, out string? problem) =>
        TryOpen(
            path,
            lockTimeout,
            () => BoltFile.Open(disk, path, new BoltOptions { ReadOnly = true, InitialMapBytes = 0 }),
            out problem
        );

    /// <summary>Opens a store to work on it; null and what is wrong.</summary>
    public static BackendStore? TryOpen(IDisk disk, string path, TimeSpan lockTimeout, out string? problem) =>
        TryOpen(
            path,
            lockTimeout,
            () =>
                BackendStore.Open(
                    disk,
                    path,
                    new BackendOptions
                    {
                        InitialMapBytes = 0,
                        OwnThread = false,
                        CommitFailed = static failure => throw NotWritten(failure),
                    }
                ),
            out problem
        );

    /// <summary>Opens what needs the lock on a file, trying for a while; null and what is wrong.</summary>
    public static T? TryOpen<T>(string path, TimeSpan lockTimeout, Func<T> open, out string? problem)
        where T : class
    {
        if (WhatIsNoFile(path) is { } missing)
        {
            problem = missing;
            return null;
        }

        problem = null;
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return open();
            }
            catch (BoltLockedException) when (lockTimeout == TimeSpan.Zero || Stopwatch.GetElapsedTime(start) < lockTimeout)
            {
                Thread.Sleep(s_lockRetry);
            }
            catch (BoltLockedException)
            {
                problem = $"timeout: {path} is in use; stop the member first";
                return null;
            }
            catch (BoltCorruptionException damage)
            {
                problem = damage.Damage == BoltDamage.NoValidMeta ? "invalid database" : $"invalid database: {damage.Message}";
                return null;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                problem = failure.Message;
                return null;
            }
        }
    }

    /// <summary>What a failed commit is to whoever waits for it: damage that was met on the way stays damage.</summary>
    public static IOException NotWritten(Exception failure) =>
        failure as BoltCorruptionException ?? new IOException($"the store could not be written: {failure.Message}", failure);

    private static string? WhatIsNoFile(string path) =>
        FileKinds.Of(path) switch
        {
            FileKind.Directory => $"invalid database: {path} is a directory",
            FileKind.Missing => $"stat {path}: no such file or directory",
            FileKind.Special => $"invalid database: {path} is a device, a pipe or a socket",
            _ => null,
        };
}
