namespace EtcdSharp.Server.Metrics;

/// <summary>The metrics of etcd 3.7 by name, kind and labels; the texts are ours.</summary>
internal static class MetricTable
{
    private static readonly MetricDefinition[] s_basic =
    [
        MetricDefinition.Gauge("etcd_cluster_version", "Cluster version in force, as a label.", "cluster_version"),
        MetricDefinition.Gauge("etcd_debugging_auth_revision", "Revision of the users and roles."),
        MetricDefinition.Histogram(
            "etcd_debugging_disk_backend_commit_rebalance_duration_seconds",
            "Time a commit of the store file spends merging pages.",
            0.001,
            14
        ),
        MetricDefinition.Histogram(
            "etcd_debugging_disk_backend_commit_spill_duration_seconds",
            "Time a commit of the store file spends splitting and placing pages.",
            0.001,
            14
        ),
        MetricDefinition.Histogram(
            "etcd_debugging_disk_backend_commit_write_duration_seconds",
            "Time a commit of the store file spends writing pages.",
            0.001,
            14
        ),
        MetricDefinition.Counter("etcd_debugging_lease_granted_total", "Leases granted."),
        MetricDefinition.Counter("etcd_debugging_lease_renewed_total", "Lease renewals seen by the leader."),
        MetricDefinition.Counter("etcd_debugging_lease_revoked_total", "Leases revoked."),
        MetricDefinition.Histogram("etcd_debugging_lease_ttl_total", "Lease times to live in seconds.", 1, 24),
        MetricDefinition.Gauge("etcd_debugging_mvcc_compact_revision", "Revision of the last compaction."),
        MetricDefinition.Gauge("etcd_debugging_mvcc_current_revision", "Current revision of the store."),
        MetricDefinition.Counter("etcd_debugging_mvcc_db_compaction_keys_total", "Revisions removed by compactions."),
        MetricDefinition.Gauge("etcd_debugging_mvcc_db_compaction_last", "Unix time of the last compaction in seconds."),
        MetricDefinition.Histogram(
            "etcd_debugging_mvcc_db_compaction_pause_duration_milliseconds",
            "Time one step of a compaction holds the store.",
            1,
            13
        ),
        MetricDefinition.Histogram(
            "etcd_debugging_mvcc_db_compaction_total_duration_milliseconds",
            "Time of whole compactions of the store.",
            100,
            14
        ),
        MetricDefinition.Counter("etcd_debugging_mvcc_events_total", "Events sent to watchers."),
        MetricDefinition.Histogram(
            "etcd_debugging_mvcc_index_compaction_pause_duration_milliseconds",
            "Time the compaction of the index takes.",
            0.5,
            14
        ),
        MetricDefinition.Gauge("etcd_debugging_mvcc_keys_total", "Keys in the store."),
        MetricDefinition.Gauge("etcd_debugging_mvcc_pending_events_total", "Events waiting to be sent."),
        MetricDefinition.Gauge("etcd_debugging_mvcc_slow_watcher_total", "Watchers that are behind."),
        MetricDefinition.Gauge("etcd_debugging_mvcc_total_put_size_in_bytes", "Bytes of keys and values put since the start."),
        MetricDefinition.Gauge("etcd_debugging_mvcc_watch_stream_total", "Open watch streams."),
        MetricDefinition.Gauge("etcd_debugging_mvcc_watcher_total", "Watchers."),
        MetricDefinition.Counter("etcd_debugging_server_lease_expired_total", "Leases that expired."),
        MetricDefinition.Histogram(
            "etcd_debugging_server_watch_send_loop_control_stream_duration_seconds",
            "Time to send a control message on a watch stream.",
            0.001,
            14
        ),
        MetricDefinition.Histogram(
            "etcd_debugging_server_watch_send_loop_progress_duration_seconds",
            "Time to send a progress notification on a watch stream.",
            0.001,
            14
        ),
        MetricDefinition.Histogram(
            "etcd_debugging_server_watch_send_loop_watch_stream_duration_per_event_seconds",
            "Time per event to send events on a watch stream.",
            0.001,
            14
        ),
        MetricDefinition.Histogram(
            "etcd_debugging_server_watch_send_loop_watch_stream_duration_seconds",
            "Time to send a response with events on a watch stream.",
            0.001,
            14
        ),
        MetricDefinition.Histogram(
            "etcd_debugging_snap_save_marshalling_duration_seconds",
            "Time to encode a snapshot.",
            0.001,
            14
        ),
        MetricDefinition.Histogram("etcd_debugging_snap_save_total_duration_seconds", "Time to save a snapshot.", 0.001, 14),
        MetricDefinition.Counter("etcd_debugging_store_expires_total", "Keys of API version 2 that expired; always 0."),
        MetricDefinition.Counter("etcd_debugging_store_watch_requests_total", "Watches of API version 2; always 0."),
        MetricDefinition.Gauge("etcd_debugging_store_watchers", "Watchers of API version 2; always 0."),
        MetricDefinition.Histogram("etcd_disk_backend_commit_duration_seconds", "Time to commit the store file.", 0.001, 14),
        MetricDefinition.Histogram("etcd_disk_backend_defrag_duration_seconds", "Time to defragment the store file.", 0.1, 13),
        MetricDefinition.Histogram(
            "etcd_disk_backend_snapshot_duration_seconds",
            "Time to stream a snapshot of the store file.",
            0.01,
            17
        ),
        MetricDefinition.Gauge("etcd_disk_defrag_inflight", "1 while the store file is being defragmented."),
        MetricDefinition.Histogram("etcd_disk_wal_fsync_duration_seconds", "Time of the sync of the write-ahead log.", 0.001, 14),
        MetricDefinition.Gauge("etcd_disk_wal_write_bytes_total", "Bytes written to the write-ahead log."),
        MetricDefinition.Histogram("etcd_disk_wal_write_duration_seconds", "Time to write to the write-ahead log.", 0.001, 14),
        MetricDefinition.Gauge("etcd_grpc_proxy_cache_hits_total", "Answers of the gRPC proxy from its cache."),
        MetricDefinition.Gauge("etcd_grpc_proxy_cache_keys_total", "Keys in the cache of the gRPC proxy."),
        MetricDefinition.Gauge("etcd_grpc_proxy_cache_misses_total", "Requests the gRPC proxy's cache could not answer."),
        MetricDefinition.Counter("etcd_grpc_proxy_events_coalescing_total", "Events the gRPC proxy joined."),
        MetricDefinition.Gauge("etcd_grpc_proxy_watchers_coalescing_total", "Watchers the gRPC proxy joined."),
        MetricDefinition.Gauge("etcd_mvcc_db_open_read_transactions", "Open read transactions on the store file."),
        MetricDefinition.Gauge("etcd_mvcc_db_total_size_in_bytes", "Size of the store file in bytes."),
        MetricDefinition.Gauge("etcd_mvcc_db_total_size_in_use_in_bytes", "Bytes of the store file that hold data."),
        MetricDefinition.Counter("etcd_mvcc_delete_total", "Delete operations."),
        MetricDefinition.Histogram("etcd_mvcc_hash_duration_seconds", "Time to hash the whole store.", 0.01, 15),
        MetricDefinition.Histogram("etcd_mvcc_hash_rev_duration_seconds", "Time to hash the store up to a revision.", 0.01, 15),
        MetricDefinition.Counter("etcd_mvcc_put_total", "Put operations."),
        MetricDefinition.Counter("etcd_mvcc_range_total", "Range operations."),
        MetricDefinition.Counter("etcd_mvcc_txn_total", "Transactions."),
        MetricDefinition.Counter("etcd_network_client_grpc_received_bytes_total", "Bytes received from gRPC clients."),
        MetricDefinition.Counter("etcd_network_client_grpc_sent_bytes_total", "Bytes sent to gRPC clients."),
        MetricDefinition.Gauge("etcd_network_known_peers", "Peers known, by local and remote member.", "Local", "Remote"),
        MetricDefinition.Histogram(
            "etcd_server_apply_duration_seconds",
            "Time to apply a request.",
            0.0001,
            20,
            "op",
            "success",
            "version"
        ),
        MetricDefinition.Counter(
            "etcd_server_client_requests_total",
            "Client requests by version of the client API.",
            "client_api_version",
            "type"
        ),
        MetricDefinition.Gauge("etcd_server_feature_enabled", "Feature gates: 1 on, 0 off.", "name", "stage"),
        MetricDefinition.Gauge("etcd_server_go_version", "Runtime version, as a label.", "server_go_version"),
        MetricDefinition.Gauge("etcd_server_has_leader", "1 when a leader is known."),
        MetricDefinition.Counter("etcd_server_health_failures", "Failed health checks."),
        MetricDefinition.Counter("etcd_server_health_success", "Successful health checks."),
        MetricDefinition.Gauge("etcd_server_healthcheck", "Result of each kind of health check.", "type", "name"),
        MetricDefinition.Counter("etcd_server_healthchecks_total", "Health checks by kind and result.", "type", "name", "status"),
        MetricDefinition.Counter("etcd_server_heartbeat_send_failures_total", "Heartbeats the leader could not send in time."),
        MetricDefinition.Gauge("etcd_server_id", "Member id in hexadecimal, as a label.", "server_id"),
        MetricDefinition.Gauge("etcd_server_is_leader", "1 when this member leads."),
        MetricDefinition.Gauge("etcd_server_is_learner", "1 when this member is a learner."),
        MetricDefinition.Counter("etcd_server_leader_changes_seen_total", "Leader changes seen."),
        MetricDefinition.Counter("etcd_server_learner_promote_successes", "Learners promoted while this member led."),
        MetricDefinition.Gauge("etcd_server_proposals_applied_total", "Index of the last applied entry."),
        MetricDefinition.Gauge("etcd_server_proposals_committed_total", "Index of the last committed entry."),
        MetricDefinition.Counter("etcd_server_proposals_failed_total", "Proposals that failed."),
        MetricDefinition.Gauge("etcd_server_proposals_pending", "Proposals waiting for their commit."),
        MetricDefinition.Gauge("etcd_server_quota_backend_bytes", "Quota of the store file in bytes."),
        MetricDefinition.Histogram("etcd_server_range_duration_seconds", "Time to answer a range.", 0.0001, 20, "success"),
        MetricDefinition.Counter("etcd_server_read_indexes_failed_total", "Read index requests that failed."),
        MetricDefinition.Histogram(
            "etcd_server_request_duration_seconds",
            "Time of requests from their arrival to the answer.",
            0.001,
            14,
            "success",
            "type"
        ),
        MetricDefinition.Counter(
            "etcd_server_slow_apply_total",
            "Applied requests that took longer than --warning-apply-duration."
        ),
        MetricDefinition.Counter("etcd_server_slow_read_indexes_total", "Read index requests that were answered late."),
        MetricDefinition.Gauge("etcd_server_snapshot_apply_in_progress_total", "1 while a received snapshot is being applied."),
        MetricDefinition.Gauge("etcd_server_version", "Version of etcd whose API is served, as a label.", "server_version"),
        MetricDefinition.Histogram(
            "etcd_snap_db_fsync_duration_seconds",
            "Time of the sync of a received store file.",
            0.001,
            14
        ),
        MetricDefinition.Histogram("etcd_snap_db_save_total_duration_seconds", "Time to save a received store file.", 0.1, 10),
        MetricDefinition.Histogram("etcd_snap_fsync_duration_seconds", "Time of the sync of a snapshot file.", 0.001, 14),
        MetricDefinition.Counter(
            "grpc_server_handled_total",
            "Calls completed, by code.",
            "grpc_code",
            "grpc_method",
            "grpc_service",
            "grpc_type"
        ),
        MetricDefinition.Counter(
            "grpc_server_msg_received_total",
            "Messages received on calls.",
            "grpc_method",
            "grpc_service",
            "grpc_type"
        ),
        MetricDefinition.Counter(
            "grpc_server_msg_sent_total",
            "Messages sent on calls.",
            "grpc_method",
            "grpc_service",
            "grpc_type"
        ),
        MetricDefinition.Counter("grpc_server_started_total", "Calls started.", "grpc_method", "grpc_service", "grpc_type"),
        MetricDefinition.Gauge("os_fd_limit", "Limit of open files."),
        MetricDefinition.Gauge("os_fd_used", "Open files."),
        MetricDefinition.Counter("process_cpu_seconds_total", "Processor time in seconds."),
        MetricDefinition.Gauge("process_max_fds", "Limit of open files."),
        MetricDefinition.Counter("process_network_receive_bytes_total", "Bytes received by the network interfaces."),
        MetricDefinition.Counter("process_network_transmit_bytes_total", "Bytes sent by the network interfaces."),
        MetricDefinition.Gauge("process_open_fds", "Open files."),
        MetricDefinition.Gauge("process_resident_memory_bytes", "Resident memory in bytes."),
        MetricDefinition.Gauge("process_start_time_seconds", "Start of the process, Unix time in seconds."),
        MetricDefinition.Gauge("process_virtual_memory_bytes", "Virtual memory in bytes."),
        MetricDefinition.Gauge("process_virtual_memory_max_bytes", "Limit of virtual memory in bytes."),
        MetricDefinition.Gauge("promhttp_metric_handler_requests_in_flight", "Scrapes being served."),
        MetricDefinition.Counter("promhttp_metric_handler_requests_total", "Scrapes by HTTP status.", "code"),
    ];

    /// <summary>Shown with <c>--metrics extensive</c> alone: one histogram per gRPC method.</summary>
    private static readonly MetricDefinition[] s_extensive =
    [
        new(
            "grpc_server_handling_seconds",
            MetricKind.Histogram,
            "Time of calls.",
            ["grpc_method", "grpc_service", "grpc_type"],
            [.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10]
        ),
    ];

    public static IEnumerable<MetricDefinition> All(bool extensive) => extensive ? s_basic.Concat(s_extensive) : s_basic;
}
