using System.Globalization;

namespace EtcdSharp.Compare;

/// <summary>What a figure of ours must keep to, most of them as a multiple of real etcd's in the same run.</summary>
internal sealed record Limit
{
    private readonly bool _isRatio;
    private readonly bool _isLeast;
    private readonly double _value;

    private Limit(double value, bool isRatio, bool isLeast)
    {
        _value = value;
        _isRatio = isRatio;
        _isLeast = isLeast;
    }

    /// <summary>At least so many times etcd's.</summary>
    public static Limit AtLeastTimes(double ratio) => new(ratio, isRatio: true, isLeast: true);

    /// <summary>At most so many times etcd's.</summary>
    public static Limit AtMostTimes(double ratio) => new(ratio, isRatio: true, isLeast: false);

    /// <summary>At most this figure, whatever etcd's.</summary>
    public static Limit AtMost(double figure) => new(figure, isRatio: false, isLeast: false);

    /// <summary>Null where a figure it needs was not measured.</summary>
    public bool? IsKept(double real, double ours)
    {
        var figure = _isRatio ? ours / real : ours;
        return double.IsNaN(figure) ? null
            : _isLeast ? figure >= _value
            : figure <= _value;
    }

    public override string ToString() =>
        $"{(_isLeast ? "≥" : "≤")} {_value.ToString("0.##", CultureInfo.InvariantCulture)}{(_isRatio ? " ×" : "")}";
}
