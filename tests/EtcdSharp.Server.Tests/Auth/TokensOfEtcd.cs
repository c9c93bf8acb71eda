namespace EtcdSharp.Server.Tests.Auth;

/// <summary>
/// Tokens that real etcd 3.5.30 gave to root at revision 3, one for each algorithm, for a hundred years, and the keys that
/// check them. The secret of the HS ones ends with a line end, as a file does. The one of EdDSA, which etcd has from 3.6 on, is
/// by the library that it signs with.
/// </summary>
internal static class TokensOfEtcd
{
    public const string Secret = "a secret of all members, with its line end\n";

    public const string Rsa = """
        -----BEGIN PUBLIC KEY-----
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAtnrjFL5x+yxxc5MOmaCG
        wFZxaUZ6x0vpi/IMGdcmBBFEpnIQE4agDX1Ky3ratFPm3UWAFUodNtu2o/4/k29K
        XBUHvRMIBy1zKXiqN5NY9uVrwPbGRNUmIeA88w1ZWVJpj5SPCc4H0UaMmvyNVd09
        YCkRtDLeo4FQ7P8kkGsQWXD666c5q+XnJgyMNZ9LutxTCFN3hv3UE6sxQ+tjYZO7
        mpEhE7y6se7jEfL5zeb7tMMaUxTOtMt7hMWlusuI4Gw3wOHghZMiDkh77BkLlQAK
        sk0uenNJfzbvVypBwg6bubadGYPcrLF2pSdvMyRED8LhFYl/9fAK/Ttk7TZx9Qvh
        zQIDAQAB
        -----END PUBLIC KEY-----
        """;

    public const string P256 = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEiS86euaO55yYzRcAUsCPu+Kj7+Ey
        JN+TCQCTAbfMO8NDCYKMQSPuDFsWonZ6VqpL/Ym0br41x4OhDRugaxjAeA==
        -----END PUBLIC KEY-----
        """;

    public const string P384 = """
        -----BEGIN PUBLIC KEY-----
        MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAESB6c1HKwWG/kdAxrwSohqWuZjQZw5upN
        3HRbYxU+mzr2Yyrdb9iqWhM+lbjvfadHuY15uo8p13xWrzlX7H//fctVsb58TQeQ
        fszarGPVapxTeFzt5TZJLcQ/81nPV5JW
        -----END PUBLIC KEY-----
        """;

    public const string P521 = """
        -----BEGIN PUBLIC KEY-----
        MIGbMBAGByqGSM49AgEGBSuBBAAjA4GGAAQAe/J4dySlTAcfScgAyspQPzMgspMh
        RN3aMg+hwp8YftPCE0VITHy4P8jIeRfa55JmNBMldsM54W2E1hUnL+2sbwYAY55K
        szdATqOrhnZ3PJRCtcYY7C4hAthWSK5qkj8yVgQGUUIFtXH5kbuuU66gmHapfefr
        pgN074vDDv612bd6zlA=
        -----END PUBLIC KEY-----
        """;

    public const string Ed25519 = """
        -----BEGIN PUBLIC KEY-----
        MCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=
        -----END PUBLIC KEY-----
        """;

    public const string Ed25519Private = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f
        -----END PRIVATE KEY-----
        """;

    public static IReadOnlyDictionary<string, string> ByAlgorithm { get; } =
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["RS256"] =
                "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOjQ5NDk0NjgwNjAsInJldmlzaW9uIjozLCJ1c2VybmFtZSI6InJvb3Q"
                + "ifQ.WBycNyloSfxH3bGch_bmqYLN-u8O_HnlGsUJt5VTzYCGrCB_hq_2BmXqi2O313OoqpI7kdYr-opTNkww-cwHSRt1EX3Clw9F"
                + "HR4347nD0T_n6orONxKiAOJp7OX9uX99ycURpr15wqMqtf91_OBaLPB2svFugkj7v2JhAw1HBOJlZWsdQCAAWJV_KLk6dCUNgYBw"
                + "b7CeelZHzUBmQJYBlTWYIz2P2L2OTAB-lbYwgl9ReLm7XISoyi26xjAmCeB0p2zkA9sKH9tZVCirwwiH3DDTTEzLyeVJg_vQuYdJ"
                + "3XHKMy5czIi4cDFWUXhWVPwI5TY0tLpaeGG9CHgziwJVPQ",
            ["RS384"] =
                "eyJhbGciOiJSUzM4NCIsInR5cCI6IkpXVCJ9.eyJleHAiOjQ5NDk0NjgwNjEsInJldmlzaW9uIjozLCJ1c2VybmFtZSI6InJvb3Q"
                + "ifQ.H9ObQARgjpkuubmfDh8o8rZ8P71LQLqX_852MnWKPbdOOac4pRDL7-uGVJNmQP87SpXJhBNVxRuKHsFhYu_Jr1iISRtqiVNH"
                + "SZFf6a4dHr96sBKxGmYDloyHb5tyjELwQxFurTOgCZrcdvvA-QTF1Nfq1nfafLDL2KZvLw_SnFRR7nTe49FC1STYIDECZhZVFPWy"
                + "5UETbTcG0qk4mIuzJwbbGtxrcdTG5CnSRYSoV_bUHcXWCkGQ2LdBqa1GVFFKad1aRkZw4NIaM_BMJ2KuMz0dS4AxBEKW5Jza5pdZ"
                + "w6QmXSK9fcLpQCX864Zs6RKGwCM-FMCX-CUWuSDj6QKt2Q",
            ["RS512"] =
                "eyJhbGciOiJSUzUxMiIsInR5cCI6IkpXVCJ9.eyJleHAiOjQ5NDk0NjgwNjIsInJldmlzaW9uIjozLCJ1c2VybmFtZSI6InJvb3Q"
                + "ifQ.VC6drjaTaAOQYlZO_n37Az07xy2XF7JjqIRH8MDcySIsNwIHW2HGBuTEQoWjw_wy3vsGHk1PjHF_hyl6OAsxLUX0Prynn12o"
                + "gTfL-MDQiD7yefI9DitB0MnHVsMSsoEx3b9cvbulEVMbCO0ysqgeprPWH6VU83iNYz_lfIqH3NhDjIMppqcFNk5rVOT6t8hioDEp"
                + "VZDMmlDq0YfoNjKvOQmOjh_cAtdlHn1DXz4tCoxfKABQGGEnf9vAyDmDx5BSgImNdoGGSNI3NBDwciD2iZMHyUlAG8zC2h21mFB9"
                + "tAx04Bavpaqm0I3G23Wq2CxWDsgBsFobPzIomiUZMZXkcw",
            ["PS256"] =
                "eyJhbGciOiJQUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOjQ5NDk0NjgwNjIsInJldmlzaW9uIjozLCJ1c2VybmFtZSI6InJvb3Q"
                + "ifQ.Z-uTrkVUmMlAqkaGa-vAYX3d2A7gMN-dIzObzsa6sRecpUcz5ataZz4ZhGXDmo8Hlg8x2bkKD6aD8s2KbCawClNLaxCF6rOd"
                + "cVxCCXEnbmfkT2IcPGtRSbR7gSa2gxeeFoVTf71lnXxGKQY5BqxIf8KiPM7ccJxkA3FsnChI_noq8bZpQS3til8wrSNpCAIOx_zI"
                + "XS_yTwj91sxkADceWDt4E-As0U8ba6XLO9TCJRE6X_8gFfWi0haubzfUdmgEbzpr2OE9RBpAHUlh4bMr3wAqMK2kR9OJEOWdiRC-"
                + "CMDJMKyQisd14uZhVKiokg8TassCw0_ePRHm5hEh3kgVcQ",
            ["PS384"] =
                "eyJhbGciOiJQUzM4NCIsInR5cCI6IkpXVCJ9.eyJleHAiOjQ5NDk0NjgwNjQsInJldmlzaW9uIjozLCJ1c2VybmFtZSI6InJvb3Q"
                + "ifQ.MIxkWgBS5YxWpCyFHmdhdyvl1d32YV-ojnc47jPeVFhlMYmDl1zBkYcLbEPkuToIXWYjSRW3bT_tme7vD5-OblwfmoSm8qGS"
                + "nlApmfO0_ieFmO3OIAqgihnF2YGE4qItdbjjfcuqBkAC-hsEERLiRglur3Qj9Y6JQCwl2_-hrnEyzMiq6ydXD5_HHUUz1l7YlE8x"
                + "AZHd5mq2gkLZmcmjlcTCrqG1Iq6bv2HkAwCQ1dunFb0KeMR3RpbInfYrwfDJokVqnzk5OXDAQbvTnUZJXRGyI8AQjM0x21w7-7AK"
                + "D4X4GM6t2S4EdNkjj5PXM9P-B3MtMisbzPClJgqfl0TVfA",
            ["PS512"] =
                "eyJhbGciOiJQUzUxMiIsInR5cCI6IkpXVCJ9.eyJleHAiOjQ5NDk0NjgwNjQsInJldmlzaW9uIjozLCJ1c2VybmFtZSI6InJvb3Q"
                + "ifQ.L_5DLgsy_P129OuWLh5XFESgvfBu39NW9t5gKPsyxPkQA-XP1yBez8r5mxN7pwU3HD5Woxaeue5oHCRUsowS8dNJX4BzbVaN"
                + "IcxauGQIBs2iQMT2W282vVYLpmu1DOxq7Ic2A0ip-G6T5jvfWHgCEHK5qOtjAq_AWQX0peP1nbwXfDPKOYHHu_r1LfEP_5-7WA-N"
                + "2xcgS8_xUfw5N2lUexMNx6HAbdjrcI2a0rjrKgf4a9H_K2cZ5d8OpyuiwCmmJNSc2qyXIR_FrSFHcFZsgC-Di84ODsckKe0RnvSg"
                + "4DbF6NDanuXZTQGZH-KDt1bqHXMk-2BswcRYVPXXl_5yOg",
            ["ES256"] =
                "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOjQ5NDk0NjgwNjUsInJldmlzaW9uIjozLCJ1c2VybmFtZSI6InJvb3Q"
                + "ifQ.uquNInkRCnqsnTo0kHEli0YR1lNo7JnzDL3JzZmI2NTMoIQ6sSImPQMzBYpv9gL1kCg-XRGQ-YMEmUJNNx72vg",
            ["ES384"] =
                "eyJhbGciOiJFUzM4NCIsInR5cCI6IkpXVCJ9.eyJleHAiOjQ5NDk0NjgwNjUsInJldmlzaW9uIjozLCJ1c2VybmFtZSI6InJvb3Q"
                + "ifQ.Gex7gfHQweKfX8gKvsh4-EQ_J-T7x5I67LKlltMduaRSg42dWaDLPK338yAhNN9afsv61orKMKqu_2uIJZulP-burYFP-gJH"
                + "5bS2oF8VWpmvW4x9C-emHhpODKXGweWb",
            ["ES512"] =
                "eyJhbGciOiJFUzUxMiIsInR5cCI6IkpXVCJ9.eyJleHAiOjQ5NDk0NjgwNjYsInJldmlzaW9uIjozLCJ1c2VybmFtZSI6InJvb3Q"
                + "ifQ.Abkar92V4swk2hR2S24hsmC2bykWqJssVKC34jXPvb1HpiimmLCAiAwY6kThKx_OQGuNb2SXbQ39puI4OLQxn9ZWABCcLrOE"
                + "j1ld0mH53pReDqPI-Km4Cet7tui-UJb08jJ5jYEtQcK3S-rhTC0Fzv1yMUgytFUr9I9_2ZJKU5Hdj5eS",
            ["EdDSA"] =
                "eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCJ9.eyJleHAiOjQ5NDk0NjgwNjksInJldmlzaW9uIjozLCJ1c2VybmFtZSI6InJvb3Q"
                + "ifQ.zm2V7VRCnHsMfxyM9N6gsDFM5XN0GNfktYnZNI-ZgsaMt-wW2wXLhC1WjMCUowYGBiCopbz_4izc-kvdZfx8DA",
            ["HS256"] =
                "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOjQ5NDk0NjgwNjcsInJldmlzaW9uIjozLCJ1c2VybmFtZSI6InJvb3Q"
                + "ifQ.4pYXYLSAwqv7eVusPNr5mWUBQBmJ7feS9LN0XATZMHU",
            ["HS384"] =
                "eyJhbGciOiJIUzM4NCIsInR5cCI6IkpXVCJ9.eyJleHAiOjQ5NDk0NjgwNjgsInJldmlzaW9uIjozLCJ1c2VybmFtZSI6InJvb3Q"
                + "ifQ.6A0r-0ZOHYuiqPpSAxS0EF2qcsf99QY7cpuqGDDVBjHrf3dIxkFhRbcpbv5E-6H3",
            ["HS512"] =
                "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.eyJleHAiOjQ5NDk0NjgwNjgsInJldmlzaW9uIjozLCJ1c2VybmFtZSI6InJvb3Q"
                + "ifQ.cXjdEoSQ9EIjFjeS_ED0DmE1Xlbb41lT1svW7F_fApDOa-6KnuM_gx0dCaY_tR3j32Yiwm9KF2babkg4dUP2RQ",
        };

    public static string KeyFor(string algorithm) =>
        algorithm switch
        {
            "ES256" => P256,
            "ES384" => P384,
            "ES512" => P521,
            "EdDSA" => Ed25519,
            _ when algorithm.StartsWith("HS", StringComparison.Ordinal) => Secret,
            _ => Rsa,
        };
}
