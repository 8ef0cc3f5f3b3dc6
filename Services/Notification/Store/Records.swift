public import EventSchema
public import Postgres

extension AlertRuleState: Record {
    public static let columnNames = ["tenant": "tenant_id", "site": "site_id", "asset": "asset_id"]
}

extension AlertDetected: Record {
    public static let columnNames = [
        "tenant": "tenant_id", "rule": "rule_id", "site": "site_id", "asset": "asset_id", "at": "last_at",
    ]
}

extension AlertChanged: Record {
    public static let columnNames = [
        "tenant": "tenant_id", "rule": "rule_id", "asset": "asset_id", "workOrder": "work_order_id", "at": "last_at",
    ]
}

extension Alert: Record {
    static let columnNames = ["workOrderRefusal": "work_refusal"]
}

extension AlertCount: Record {}
extension MessageDelivery: Record {}
extension AlertEpisode: Record {}
extension DeliveryStore.Due: Record {
    static let columnNames = ["tenant": "tenant_id", "alert": "alert_id", "user": "user_id"]
}

extension DeliveryStore.Person: Record {}

extension AlertResolution: PostgresEncodable, PostgresDecodable {}
extension WorkRefusal: PostgresEncodable, PostgresDecodable {}
extension DeliveryStatus: PostgresEncodable, PostgresDecodable {}
