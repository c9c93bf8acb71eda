using System.Globalization;
using System.Text.RegularExpressions;

namespace EtcdSharp.Server.Configuration;

/// <summary>
/// A scalar of the configuration file and its type by the rules of the parser that etcd uses, which are those of YAML 1.1:
/// <c>yes</c> and <c>off</c> are booleans, <c>0x10</c>, <c>010</c> and <c>1_000</c> are whole numbers, <c>1e3</c> is a float.
/// </summary>
/// <param name="Source">The text as it stands in the file.</param>
/// <param name="Integer">The value of a whole number, of a float without a fraction and of a boolean (0 or 1).</param>
/// <param name="Float">The value of a float.</param>
internal sealed partial record YamlScalar(YamlScalarKind Kind, string Source, Int128 Integer = default, double Float = 0)
{
    private const string StringTag = "tag:yaml.org,2002:str";
    private const string NonSpecificTag = "!";

    /// <summary>From here on a float is written with an exponent where it becomes JSON, and is no whole number any more.</summary>
    private const double FixedNotationLimit = 1e21;

    /// <summary>The value as a whole number; null when it is none.</summary>
    public Int128? WholeNumber =>
        Kind switch
        {
            YamlScalarKind.Integer => Integer,
            YamlScalarKind.Float when Math.Abs(Float) < FixedNotationLimit && Float == Math.Truncate(Float) => ShortestDigits(
                Float
            ),
            _ => null,
        };

    /// <summary>The value where words are asked for; null when it is something else.</summary>
    public string? Text => Kind == YamlScalarKind.Text ? Source : null;

    /// <summary>The scalar of a text; what is quoted or has the tag of a string is a text whatever it looks like.</summary>
    public static YamlScalar Of(string source, bool isPlain, string? tag)
    {
        if (tag is StringTag or NonSpecificTag || (!isPlain && tag is null))
        {
            return new YamlScalar(YamlScalarKind.Text, source);
        }

        return source switch
        {
            "" or "~" or "null" or "Null" or "NULL" => new YamlScalar(YamlScalarKind.Null, source),
            "y" or "Y" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" or "true" or "True" or "TRUE" => new YamlScalar(
                YamlScalarKind.Boolean,
                source,
                Integer: 1
            ),
            "n" or "N" or "no" or "No" or "NO" or "off" or "Off" or "OFF" or "false" or "False" or "FALSE" => new YamlScalar(
                YamlScalarKind.Boolean,
                source
            ),
            ".nan" or ".NaN" or ".NAN" => new YamlScalar(YamlScalarKind.Float, source, Float: double.NaN),
            ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF" => new YamlScalar(
                YamlScalarKind.Float,
                source,
                Float: double.PositiveInfinity
            ),
            "-.inf" or "-.Inf" or "-.INF" => new YamlScalar(YamlScalarKind.Float, source, Float: double.NegativeInfinity),
            [>= '0' and <= '9' or '+' or '-' or '.', ..] => Number(source) ?? new YamlScalar(YamlScalarKind.Text, source),
            _ => new YamlScalar(YamlScalarKind.Text, source),
        };
    }

    private static YamlScalar? Number(string source)
    {
        var digits = source.Replace("_", "", StringComparison.Ordinal);
        if (GoNumber.ParseSigned(digits, out var signed) is null)
        {
            return new YamlScalar(YamlScalarKind.Integer, source, Integer: signed);
        }

        if (GoNumber.ParseUnsigned(digits, 64, out var unsigned) is null)
        {
            return new YamlScalar(YamlScalarKind.Integer, source, Integer: unsigned);
        }

        return
            FloatForm().IsMatch(digits)
            && double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && double.IsFinite(value)
            ? new YamlScalar(YamlScalarKind.Float, source, Float: value)
            : null;
    }

    private static Int128 ShortestDigits(double value) =>
        (Int128)
            decimal.Parse(value.ToString("R", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        @"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex FloatForm();
}
