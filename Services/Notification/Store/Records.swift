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

extension AlertDetected: RowReadable {
    /// Without its readings, which the work order has.
    public init(from row: inout RowReader) throws {
        self.init(
            id: try row.read("id"),
            tenant: try row.read("tenant_id"),
            rule: try row.read("rule_id"),
            type: try row.read("type"),
            severity: try row.read("severity"),
            site: try row.read("site_id"),
            siteCode: try row.read("site_code"),
            asset: try row.read("asset_id"),
            assetCode: try row.read("asset_code"),
            tag: try row.read("tag"),
            value: try row.read("value"),
            unit: try row.read("unit"),
            threshold: try row.read("threshold"),
            consecutive: try row.read("consecutive"),
            firstAt: try row.read("first_at"),
            at: try row.read("last_at")
        )
    }
}
