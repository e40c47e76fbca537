import type { aws_kms as kms } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { INCIDENTS_TABLE_SHAPE } from '../../functions/incidents/table.ts';
import type { StageConfig } from '../config.ts';
import { ContextTable } from '../constructs/context-table.ts';
import type { Functions } from '../constructs/functions.ts';

interface Props {
  readonly stage: StageConfig;
  readonly encryptionKey: kms.IKey | undefined;
}

/** What of the incidents must outlive every deployment: their table. */
export class IncidentsData extends Construct {
  readonly table: ContextTable;

  constructor(scope: Construct, id: string, props: Props) {
    super(scope, id);
    this.table = new ContextTable(this, 'Incidents', {
      ...props,
      env: 'INCIDENTS_TABLE',
      partitionKey: INCIDENTS_TABLE_SHAPE.hash,
      sortKey: INCIDENTS_TABLE_SHAPE.range,
      indexes: Object.entries(INCIDENTS_TABLE_SHAPE.indexes).map(([name, { hash, range }]) => ({
        name,
        partitionKey: hash,
        sortKey: range,
        projected: [],
      })),
    });
  }
}

/** The functions of the incidents: the API. */
export class IncidentsApp extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: Props & { readonly data: IncidentsData; readonly functions: Functions },
  ) {
    super(scope, id);
    const { data, functions } = props;
    const api = functions.add(this, 'incidents', 'Serves incidents', { memoryMb: 1024 });
    data.table.grantTo(api, ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem']);
  }
}
