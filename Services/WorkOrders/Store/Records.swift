import Postgres

extension WorkOrder: Record {
    static let columnNames = ["tenant": "tenant_id", "site": "site_id", "asset": "asset_id"]
    static let joined: Set = ["tasks"]
}

extension WorkTask: Record {}

extension HistoryEntry: Record {
    static let columnNames = [
        "from": "from_status", "to": "to_status", "by": "transitioned_by", "at": "transitioned_at",
    ]
}

extension AssetReplica: Record {
    static let columnNames = ["tenant": "tenant_id", "site": "site_id"]
}
