import { Composed } from './composed.ts';
import { startStacksWith } from './stack.ts';

/**
 * `npm test -- --require test/support/composed-run.ts FILE…`: the tests named speak to two APIs, in turn, and to two
 * workers of each kind, started as docker-compose.yml says. What kills the one API or the one worker finds none.
 */
startStacksWith(() => new Composed().recipes);
