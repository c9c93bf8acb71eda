namespace EtcdSharp.Hostile;

/// <summary>What a process holds in memory, by the kernel's count.</summary>
internal static class ResidentMemory
{
    /// <summary>Resident memory of a process, in bytes.</summary>
    public static long BytesOf(int processId)
    {
        var line = File.ReadLines($"/proc/{processId}/status")
            .First(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2]) * 1024;
    }
}
