namespace EtcdSharp.Replica.Requests;

/// <summary>How the two sides of a comparison must relate; numbered as on the wire.</summary>
internal enum CompareResult
{
    Equal = 0,
    Greater = 1,
    Less = 2,
    NotEqual = 3,
}
