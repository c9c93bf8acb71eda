namespace EtcdSharp.Mvcc.Index;

/// <summary>One key and its versions.</summary>
internal sealed class KeyRecord
{
}
