namespace EtcdSharp.Api.Errors;

/// <summary>
/// A failure that a client may see: gRPC code and message exactly as etcd sends them, because clients compare both.
/// Each is one shared object, so a result carries a reference and null means success.
/// </summary>
public sealed class EtcdError
{
    public EtcdError(EtcdErrorCode code, string message)
    {
        Code = code;
        Message = message;
    }

    public EtcdErrorCode Code { get; }

    public string Message { get; }

    public static readonly EtcdError EmptyKey = new(EtcdErrorCode.InvalidArgument, "etcdserver: key is not provided");

    public static readonly EtcdError KeyNotFound = new(EtcdErrorCode.InvalidArgument, "etcdserver: key not found");

    public static readonly EtcdError ValueProvided = new(EtcdErrorCode.InvalidArgument, "etcdserver: value is provided");

    public static readonly EtcdError LeaseProvided = new(EtcdErrorCode.InvalidArgument, "etcdserver: lease is provided");

    public static readonly EtcdError TooManyOps = new(
        EtcdErrorCode.InvalidArgument,
        "etcdserver: too many operations in txn request"
    );

    public static readonly EtcdError DuplicateKey = new(
        EtcdErrorCode.InvalidArgument,
        "etcdserver: duplicate key given in txn request"
    );

    public static readonly EtcdError InvalidClientAPIVersion = new(
        EtcdErrorCode.InvalidArgument,
        "etcdserver: invalid client api version"
    );

    public static readonly EtcdError InvalidSortOption = new(EtcdErrorCode.InvalidArgument, "etcdserver: invalid sort option");

    public static readonly EtcdError Compacted = new(
        EtcdErrorCode.OutOfRange,
        "etcdserver: mvcc: required revision has been compacted"
    );

    public static readonly EtcdError FutureRev = new(
        EtcdErrorCode.OutOfRange,
        "etcdserver: mvcc: required revision is a future revision"
    );

    public static readonly EtcdError NoSpace = new(EtcdErrorCode.ResourceExhausted, "etcdserver: mvcc: database space exceeded");

    public static readonly EtcdError LeaseNotFound = new(EtcdErrorCode.NotFound, "etcdserver: requested lease not found");

    public static readonly EtcdError LeaseExist = new(EtcdErrorCode.FailedPrecondition, "etcdserver: lease already exists");

    public static readonly EtcdError LeaseTTLTooLarge = new(EtcdErrorCode.OutOfRange, "etcdserver: too large lease TTL");

    public static readonly EtcdError WatchCanceled = new(EtcdErrorCode.Canceled, "etcdserver: watch canceled");

    public static readonly EtcdError MemberExist = new(EtcdErrorCode.FailedPrecondition, "etcdserver: member ID already exist");

    public static readonly EtcdError PeerURLExist = new(EtcdErrorCode.FailedPrecondition, "etcdserver: Peer URLs already exists");

    /// <summary>etcd sends this one without its code (its table names the client's form of the error), and clients see "unknown".</summary>
    public static readonly EtcdError MemberNotEnoughStarted = new(
        EtcdErrorCode.Unknown,
        "etcdserver: re-configuration failed due to not enough started members"
    );

    public static readonly EtcdError MemberBadURLs = new(
        EtcdErrorCode.InvalidArgument,
        "etcdserver: given member URLs are invalid"
    );

    public static readonly EtcdError MemberNotFound = new(EtcdErrorCode.NotFound, "etcdserver: member not found");

    public static readonly EtcdError MemberNotLearner = new(
        EtcdErrorCode.FailedPrecondition,
        "etcdserver: can only promote a learner member"
    );

    public static readonly EtcdError LearnerNotReady = new(
        EtcdErrorCode.FailedPrecondition,
        "etcdserver: can only promote a learner member which is in sync with leader"
    );

    public static readonly EtcdError TooManyLearners = new(
        EtcdErrorCode.FailedPrecondition,
        "etcdserver: too many learner members in cluster"
    );

    public static readonly EtcdError ClusterIDMismatch = new(EtcdErrorCode.FailedPrecondition, "etcdserver: cluster ID mismatch");

    public static readonly EtcdError RequestTooLarge = new(EtcdErrorCode.InvalidArgument, "etcdserver: request is too large");

    /// <summary>Sent without its code too.</summary>
    public static readonly EtcdError RequestTooManyRequests = new(EtcdErrorCode.Unknown, "etcdserver: too many requests");

    public static readonly EtcdError RootUserNotExist = new(
        EtcdErrorCode.FailedPrecondition,
        "etcdserver: root user does not exist"
    );

    public static readonly EtcdError RootRoleNotExist = new(
        EtcdErrorCode.FailedPrecondition,
        "etcdserver: root user does not have root role"
    );

    public static readonly EtcdError UserAlreadyExist = new(
        EtcdErrorCode.FailedPrecondition,
        "etcdserver: user name already exists"
    );

    public static readonly EtcdError UserEmpty = new(EtcdErrorCode.InvalidArgument, "etcdserver: user name is empty");

    public static readonly EtcdError UserNotFound = new(EtcdErrorCode.FailedPrecondition, "etcdserver: user name not found");

    public static readonly EtcdError RoleAlreadyExist = new(
        EtcdErrorCode.FailedPrecondition,
        "etcdserver: role name already exists"
    );

    public static readonly EtcdError RoleNotFound = new(EtcdErrorCode.FailedPrecondition, "etcdserver: role name not found");

    public static readonly EtcdError RoleEmpty = new(EtcdErrorCode.InvalidArgument, "etcdserver: role name is empty");

    public static readonly EtcdError AuthFailed = new(
        EtcdErrorCode.InvalidArgument,
        "etcdserver: authentication failed, invalid user ID or password"
    );

    /// <summary>Not in etcd's table: the words of its store of users reach the client as they are.</summary>
    public static readonly EtcdError NoPasswordUser = new(
        EtcdErrorCode.Unknown,
        "auth: authentication failed, password was given for no password user"
    );

    /// <summary>Not in etcd's table either.</summary>
    public static readonly EtcdError TokenNotSigned = new(
        EtcdErrorCode.Unknown,
        "auth: token signing attempted with verify-only key"
    );

    public static readonly EtcdError PermissionNotGiven = new(EtcdErrorCode.InvalidArgument, "etcdserver: permission not given");

    public static readonly EtcdError PermissionDenied = new(EtcdErrorCode.PermissionDenied, "etcdserver: permission denied");

    public static readonly EtcdError RoleNotGranted = new(
        EtcdErrorCode.FailedPrecondition,
        "etcdserver: role is not granted to the user"
    );

    public static readonly EtcdError PermissionNotGranted = new(
        EtcdErrorCode.FailedPrecondition,
        "etcdserver: permission is not granted to the role"
    );

    public static readonly EtcdError AuthNotEnabled = new(
        EtcdErrorCode.FailedPrecondition,
        "etcdserver: authentication is not enabled"
    );

    public static readonly EtcdError InvalidAuthToken = new(EtcdErrorCode.Unauthenticated, "etcdserver: invalid auth token");

    public static readonly EtcdError InvalidAuthMgmt = new(EtcdErrorCode.InvalidArgument, "etcdserver: invalid auth management");

    public static readonly EtcdError AuthOldRevision = new(
        EtcdErrorCode.InvalidArgument,
        "etcdserver: revision of auth store is old"
    );

    public static readonly EtcdError NoLeader = new(EtcdErrorCode.Unavailable, "etcdserver: no leader");

    public static readonly EtcdError NotLeader = new(EtcdErrorCode.FailedPrecondition, "etcdserver: not leader");

    public static readonly EtcdError LeaderChanged = new(EtcdErrorCode.Unavailable, "etcdserver: leader changed");

    public static readonly EtcdError NotCapable = new(EtcdErrorCode.FailedPrecondition, "etcdserver: not capable");

    public static readonly EtcdError Stopped = new(EtcdErrorCode.Unavailable, "etcdserver: server stopped");

    public static readonly EtcdError Timeout = new(EtcdErrorCode.Unavailable, "etcdserver: request timed out");

    public static readonly EtcdError TimeoutDueToLeaderFail = new(
        EtcdErrorCode.Unavailable,
        "etcdserver: request timed out, possibly due to previous leader failure"
    );

    public static readonly EtcdError TimeoutDueToConnectionLost = new(
        EtcdErrorCode.Unavailable,
        "etcdserver: request timed out, possibly due to connection lost"
    );

    public static readonly EtcdError TimeoutWaitAppliedIndex = new(
        EtcdErrorCode.Unavailable,
        "etcdserver: request timed out, waiting for the applied index took too long"
    );

    public static readonly EtcdError Unhealthy = new(EtcdErrorCode.Unavailable, "etcdserver: unhealthy cluster");

    public static readonly EtcdError Corrupt = new(EtcdErrorCode.DataLoss, "etcdserver: corrupt cluster");

    public static readonly EtcdError NotSupportedForLearner = new(
        EtcdErrorCode.FailedPrecondition,
        "etcdserver: rpc not supported for learner"
    );

    public static readonly EtcdError BadLeaderTransferee = new(
        EtcdErrorCode.FailedPrecondition,
        "etcdserver: bad leader transferee"
    );

    public static readonly EtcdError WrongDowngradeVersionFormat = new(
        EtcdErrorCode.InvalidArgument,
        "etcdserver: wrong downgrade target version format"
    );

    public static readonly EtcdError InvalidDowngradeTargetVersion = new(
        EtcdErrorCode.InvalidArgument,
        "etcdserver: invalid downgrade target version"
    );

    public static readonly EtcdError ClusterVersionUnavailable = new(
        EtcdErrorCode.FailedPrecondition,
        "etcdserver: cluster version not found during downgrade"
    );

    public static readonly EtcdError DowngradeInProcess = new(
        EtcdErrorCode.FailedPrecondition,
        "etcdserver: cluster has a downgrade job in progress"
    );

    public static readonly EtcdError NoInflightDowngrade = new(
        EtcdErrorCode.FailedPrecondition,
        "etcdserver: no inflight downgrade job"
    );

    public static readonly EtcdError Canceled = new(EtcdErrorCode.Canceled, "etcdserver: request canceled");

    public static readonly EtcdError DeadlineExceeded = new(
        EtcdErrorCode.DeadlineExceeded,
        "etcdserver: context deadline exceeded"
    );

    public static readonly EtcdError TimeoutLeaderTransfer = new(
        EtcdErrorCode.Unknown,
        "etcdserver: request timed out, leader transfer took too long"
    );

    public static readonly EtcdError UnknownMethod = new(EtcdErrorCode.Unknown, "etcdserver: unknown method");

    public override string ToString() => $"{Code}: {Message}";
}
