namespace EtcdSharp.Server.Configuration;

/// <summary>The type that a scalar has by its looks and its tag.</summary>
internal enum YamlScalarKind
{
    Null,
    Text,
    Boolean,
    Integer,
    Float,
}
