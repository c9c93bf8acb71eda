using System.Runtime.InteropServices;
using EtcdSharp.Api;

namespace EtcdSharp.Client;

/// <summary>A condition that still lacks what to compare with.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly struct ConditionOn<T>
{
    private readonly KeyRange range;
    private readonly Func<T, Compare> compare;

    internal ConditionOn(KeyRange range, Func<T, Compare> compare)
    {
        this.range = range;
        this.compare = compare;
    }

    /// <summary>Equal.</summary>
    public Condition Is(T expected) => Make(expected, Compare.Types.CompareResult.Equal);

    /// <summary>Not equal.</summary>
    public Condition IsNot(T expected) => Make(expected, Compare.Types.CompareResult.NotEqual);

    /// <summary>Greater.</summary>
    public Condition IsGreaterThan(T expected) => Make(expected, Compare.Types.CompareResult.Greater);

    /// <summary>Less.</summary>
    public Condition IsLessThan(T expected) => Make(expected, Compare.Types.CompareResult.Less);

    private Condition Make(T expected, Compare.Types.CompareResult result)
    {
        var template = compare(expected);
        template.Result = result;
        return new Condition(range, template);
    }
}
