/* agent/windows/service.h: the resident agent under Windows' service manager.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_AGENT_WINDOWS_SERVICE_H
#define CANH_AGENT_WINDOWS_SERVICE_H

#define SERVICE_NAME L"CanhAgent"

/* `service`: enrols by the token that an installer or a policy left, then does what `run` does with
 * the words behind. Returns when the service is stopped; 2 when nobody's service manager started
 * it.
 */
int service_start(int argc, char **words);

#endif
