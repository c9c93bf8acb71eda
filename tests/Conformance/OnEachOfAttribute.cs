using System.Reflection;

namespace EtcdSharp.Conformance;

/// <summary>Like <see cref="OnEachAttribute"/>, with the rows of a static property of the test class.</summary>
public sealed class OnEachOfAttribute(string property) : OnEachAttribute
{
    protected override IEnumerable<object?[]> Rows(MethodInfo method)
    {
        var rows = method.ReflectedType!.GetProperty(property, BindingFlags.Public | BindingFlags.Static)?.GetValue(null);
        return rows as IEnumerable<object?[]>
            ?? throw new InvalidOperationException($"{method.ReflectedType}.{property} is no static list of rows");
    }
}
