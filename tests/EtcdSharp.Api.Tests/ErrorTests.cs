using System.Reflection;
using System.Text;
using EtcdSharp.Api.Errors;
using EtcdSharp.Harness;

namespace EtcdSharp.Api.Tests;

/// <summary>Clients compare the words of an error, so they are etcd's to the letter.</summary>
public sealed class ErrorTests(RealProgram real) : IClassFixture<RealProgram>
{
    /// <summary>etcd has them since 3.6, the real one here is of 3.5.</summary>
    private static readonly EtcdError[] s_newer = [EtcdError.InvalidClientAPIVersion, EtcdError.InvalidSortOption];

    [Fact]
    public void Every_text_stands_in_the_program_of_real_etcd()
    {
        Assert.SkipUnless(real.IsThere, Programs.HowToGetRealEtcd);
        var unknown = Table().Except(s_newer).Where(error => !real.Contains(Encoding.UTF8.GetBytes(error.Message))).ToList();
        Assert.Empty(unknown);
    }

    [Fact]
    public void No_two_errors_have_one_text() =>
        Assert.Equal(Table().Count, Table().DistinctBy(static error => error.Message).Count());

    private static IReadOnlyList<EtcdError> Table()
    {
        var table = typeof(EtcdError)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(static field => Assert.IsType<EtcdError>(field.GetValue(null)))
            .ToList();
        Assert.NotEmpty(table);
        return table;
    }
}
