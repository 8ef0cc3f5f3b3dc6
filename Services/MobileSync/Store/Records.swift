import Postgres

extension FeedRecord: Record {
    static let columnNames = ["id": "entity_id"]
}

extension PushedChange: Record {}
extension DeviceStatus: Record {}
extension SyncedDevice: Record {}
extension DeviceChange: Record {}
