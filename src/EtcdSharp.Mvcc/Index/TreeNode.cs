namespace EtcdSharp.Mvcc.Index;

internal abstract class TreeNode { }
